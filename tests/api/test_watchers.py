"""One account, watched by several people: each sees and does what the role gives."""

import re
from uuid import uuid4

import pytest

from domain import identity
from domain.base import rows, run, unpacked, value
from domain.outbox import Fact
from tests.api.conftest import CUSTOMER, counted
from workers import jobs
from workers.jobs import Tools

OTHER = "13900000077"


@pytest.fixture
async def other(app, town):
    """Somebody who watches nothing yet."""
    return await app.signed_in(OTHER, "CUSTOMER")


async def send_codes():
    asked = await rows(
        "select id, topic, payload, attempts from outbox where topic = 'access.asked'"
    )
    facts = [Fact(**{**each, "payload": unpacked(each["payload"])}) for each in asked]
    await jobs.send_access_code(Tools(), facts)


async def messages():
    return await rows("select phone, text from message where kind = 'ACCESS_CODE' order by id")


async def on_file(home):
    return await value("select phone from contact where account_id = $1", home.account_id)


async def asks(caller, number, role="TENANT"):
    answer = await caller.run("RequestAccess", number=number, role=role)
    await send_codes()
    return answer


async def binds(caller, number, code):
    return (await caller.run("BindAccount", number=number, code=code))["data"]["bindAccount"]


async def watches(app, home, role, phone=OTHER):
    """Let the person with this phone watch the home in a role."""
    caller = await app.signed_in(phone, "CUSTOMER")
    person_id = await value("select id from person where phone = $1", phone)
    await identity.grant_access(person_id, home.account_id, role=role)
    return caller


def code_in(text):
    return re.search(r"验证码(\d{6})", text).group(1)


def codes(answer):
    return [each["code"] for each in answer["userErrors"]]


async def test_whoever_gets_the_code_from_the_phone_on_file_watches_the_account(town, other):
    await asks(other, town.home.number)
    (message,) = await messages()
    assert message["phone"] == await on_file(town.home)
    assert "0077" in message["text"]
    assert OTHER not in message["text"]

    bound = await binds(other, town.home.number, code_in(message["text"]))

    assert bound["account"]["number"] == town.home.number
    (mine,) = (await other.run("Watchers", number=town.home.number))["data"]["account"]["watchers"]
    assert (mine["role"], mine["me"], mine["phone"]) == ("TENANT", True, "139****0077")
    again = await binds(other, town.home.number, code_in(message["text"]))
    assert codes(again) == ["CODE_REJECTED"]
    actions = await rows("select actor, action from audit_entry")
    assert [each["action"] for each in actions] == ["GRANT_ACCESS"]


async def test_known_and_unknown_accounts_get_the_same_answer(town, other):
    known = await asks(other, town.home.number)
    unknown = await asks(other, "9999999999")
    odd = await asks(other, "x" * 200)

    assert known == unknown == odd
    assert len(await messages()) == 1
    refused = [await binds(other, n, "000000") for n in (town.home.number, "9999999999", "none")]
    assert refused[0] == refused[1] == refused[2]


async def test_only_the_phone_on_file_becomes_the_holder(town, other, app):
    await asks(other, town.home.number, "HOLDER")
    assert await messages() == []

    owner = await app.signed_in(await on_file(town.home), "CUSTOMER")
    await asks(owner, town.home.number, "HOLDER")
    (message,) = await messages()
    bound = await binds(owner, town.home.number, code_in(message["text"]))
    assert bound["account"]
    assert await value("select role from account_access order by id desc limit 1") == "HOLDER"


async def test_a_code_is_somebodys_for_one_account_and_five_guesses(town, other, app):
    await asks(other, town.home.number)
    code = code_in((await messages())[0]["text"])
    thief = await app.signed_in("13900000078", "CUSTOMER")
    before = await counted("account_access", "audit_entry")

    assert codes(await binds(thief, town.home.number, code)) == ["CODE_REJECTED"]
    assert codes(await binds(other, town.neighbour.number, code)) == ["CODE_REJECTED"]
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(identity.ATTEMPTS_MAX):
        assert codes(await binds(other, town.home.number, wrong)) == ["CODE_REJECTED"]
    assert codes(await binds(other, town.home.number, code)) == ["CODE_REJECTED"]
    assert await counted("account_access", "audit_entry") == before


async def test_an_account_is_asked_for_five_times_an_hour(town, app):
    people = [await app.signed_in(f"1390000010{k}", "CUSTOMER") for k in range(6)]
    answers = [(await asks(each, town.home.number))["data"]["requestAccess"] for each in people]

    assert [codes(each) for each in answers] == [[]] * 5 + [["TOO_MANY_CODES"]]
    assert len(await messages()) == 5


async def test_a_code_does_not_stay_readable(town, other, clock):
    from tests.seed import deliver_messages

    await asks(other, town.home.number)
    code = code_in((await messages())[0]["text"])
    await deliver_messages(at=clock.now())
    assert code not in (await messages())[0]["text"]
    assert code not in str(await rows("select * from access_code"))


BILLS = """query($n: String!) {
  account(number: $n) { balance { available { amount } } bills { edges { node { id } } } }
}"""


async def billed(home):
    """Write a bill down, as a run would."""
    sql = """insert into bill (account_id, id, kind, state, first_day, until, total_fen, basis,
                               created_at, issued_at)
             values ($1, nextval('bill_id'), 'BILL', 'ISSUED', '2026-01-01', '2026-02-01', 100,
                     '[]', now(), now()) returning id"""
    return await value(sql, home.account_id)


async def test_a_tenant_sees_the_balance_and_no_bills(town, app):
    from api.graphql.node import global_id

    bill_id = await billed(town.home)
    for role, seen in (("TENANT", 0), ("FAMILY", 1), ("CLERK", 1), ("HOLDER", 1)):
        await run(
            "delete from account_access where person_id = (select id from person where phone = $1)",
            OTHER,
        )
        watcher = await watches(app, town.home, role)
        found = (await watcher.send(BILLS, n=town.home.number))["data"]["account"]
        assert found["balance"]["available"]["amount"] == "100.00"
        assert len(found["bills"]["edges"]) == seen, role
        node = (await watcher.run("Again", id=global_id("Bill", bill_id)))["data"]["node"]
        assert (node is not None) == bool(seen)


async def pays(caller, number):
    given = {"accountNumber": number, "amount": "50.00", "channel": "bank-D1"}
    answer = await caller.run("StartPayment", input=given | {"idempotencyKey": str(uuid4())})
    return codes(answer["data"]["startPayment"])


async def reports(caller, number):
    given = {"accountNumber": number, "kind": "METER", "idempotencyKey": str(uuid4())}
    answer = await caller.run("ReportRepair", input=given)
    return codes(answer["data"]["reportRepair"])


async def test_a_tenant_pays_and_reports_and_a_clerk_pays_only(town, app):
    tenant = await watches(app, town.home, "TENANT")
    clerk = await watches(app, town.home, "CLERK", "13900000078")

    assert await pays(tenant, town.home.number) == []
    assert await reports(tenant, town.home.number) == []
    assert await pays(clerk, town.home.number) == []
    before = await counted("repair_request", "task")
    assert await reports(clerk, town.home.number) == ["ROLE_FORBIDS"]
    assert await counted("repair_request", "task") == before


async def test_the_holder_says_who_watches(town, app):
    home, phone = town.home, "139 0000 0079"
    added = await town.customer.run("AddWatcher", number=home.number, phone=phone, role="FAMILY")
    listed = added["data"]["addWatcher"]["account"]["watchers"]
    assert [(each["role"], each["me"]) for each in listed] == [("HOLDER", True), ("FAMILY", False)]

    family = await app.signed_in("13900000079", "CUSTOMER")
    assert (await family.send(BILLS, n=home.number))["data"]["account"]
    gone = await town.customer.run("RemoveWatcher", number=home.number, watcherId=listed[1]["id"])
    assert gone["data"]["removeWatcher"]["watcherId"] == listed[1]["id"]
    assert (await family.send(BILLS, n=home.number))["data"] == {"account": None}
    actions = await rows("select action from audit_entry order by id")
    assert [each["action"] for each in actions] == ["GRANT_ACCESS", "END_ACCESS"]


@pytest.mark.parametrize(("known_as", "code_is_in"), [(None, "en"), ("zh-CN", "zh-CN")])
async def test_the_code_is_in_the_language_of_whose_phone_it_is(town, other, known_as, code_is_in):
    """Somebody on file who never signed in is told it in the account's language."""
    home = town.home
    await run("update account set locale = 'en' where id = $1", home.account_id)
    if known_as:
        await identity.enrol(await on_file(home), role="CUSTOMER", locale=known_as)
    await asks(other, home.number)
    (message,) = await messages()
    assert ("asks to watch" in message["text"]) == (code_is_in == "en")


async def test_who_is_let_in_starts_with_the_language_of_the_account(town):
    home = town.home
    await run("update account set locale = 'en' where id = $1", home.account_id)
    for phone in ("13900000079", CUSTOMER):
        await town.customer.run("AddWatcher", number=home.number, phone=phone, role="FAMILY")
    told = {each["phone"]: each["locale"] for each in await rows("select * from person")}
    assert told["13900000079"] == "en"
    assert told[CUSTOMER] == "zh-CN", "who is known has a language already"


async def test_a_phone_number_does_not_tell_the_holder_whose_it_is(town, other):
    await run("update person set name = 'Somebody Known' where phone = $1", OTHER)
    number = town.home.number
    added = await town.customer.run("AddWatcher", number=number, phone=OTHER, role="FAMILY")
    listed = added["data"]["addWatcher"]["account"]["watchers"]
    assert [each["name"] for each in listed if not each["me"]] == [""]
    (own,) = (await other.run("Watchers", number=number))["data"]["account"]["watchers"]
    assert own["name"] == "Somebody Known"


async def test_nobody_but_the_holder_says_who_watches(town, app, other):
    home = town.home
    family = await watches(app, home, "FAMILY", "13900000078")
    listed = (await family.run("Watchers", number=home.number))["data"]["account"]["watchers"]
    assert [each["role"] for each in listed] == ["FAMILY"]
    everybody = (await town.customer.run("Watchers", number=home.number))["data"]["account"]
    before = await counted("account_access", "person", "audit_entry")

    for caller, code in ((family, "ROLE_FORBIDS"), (other, "ACCOUNT_UNKNOWN")):
        added = await caller.run("AddWatcher", number=home.number, phone=OTHER, role="FAMILY")
        assert codes(added["data"]["addWatcher"]) == [code]
        for each in everybody["watchers"]:
            if not (caller is family and each["role"] == "FAMILY"):
                gone = await caller.run("RemoveWatcher", number=home.number, watcherId=each["id"])
                assert codes(gone["data"]["removeWatcher"]) == [code]
    assert await counted("account_access", "person", "audit_entry") == before


async def test_a_watcher_may_leave_and_the_last_holder_may_not(town, app):
    family = await watches(app, town.home, "FAMILY")
    for caller, refused in ((family, []), (town.customer, ["LAST_HOLDER"])):
        account = (await caller.run("Watchers", number=town.home.number))["data"]["account"]
        (own,) = [each for each in account["watchers"] if each["me"]]
        gone = await caller.run("RemoveWatcher", number=town.home.number, watcherId=own["id"])
        assert codes(gone["data"]["removeWatcher"]) == refused
    holders = await rows("select role from account_access")
    assert [each["role"] for each in holders] == ["HOLDER"]


async def test_what_no_holder_can_give(town, app):
    before = await counted("account_access", "person")
    number = town.home.number
    for phone, role, code in (
        (OTHER, "HOLDER", "ROLE_FORBIDS"),
        ("13900000002", "FAMILY", "WATCHER_REFUSED"),
        ("x", "FAMILY", "PHONE_INVALID"),
    ):
        added = await town.customer.run("AddWatcher", number=number, phone=phone, role=role)
        assert codes(added["data"]["addWatcher"]) == [code]
    assert await counted("account_access", "person") == before


async def test_granted_again_a_role_only_grows_to_the_holders(town):
    person_id = await value("select id from person where phone = $1", CUSTOMER)
    await identity.grant_access(person_id, town.home.account_id, role="TENANT")
    assert await value("select role from account_access") == "HOLDER"
