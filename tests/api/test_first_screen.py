"""What the first screen tells beside the balance: the last bill, unread messages, open requests."""

from datetime import date
from uuid import uuid4

from api.graphql.node import global_id
from domain import identity, notification
from domain.base import rows, run, value
from tests import seed

BILL = """
insert into bill (account_id, id, kind, state, first_day, until, total_fen, energy_wh, basis,
                  created_at, issued_at)
select $1, nextval('bill_id'), 'BILL', 'ISSUED', $2, $3, 12345, 0, '{}', $4, $4
"""
OTHER = "13900000077"


async def screen(caller):
    (edge,) = (await caller.run("HomeScreen"))["data"]["viewer"]["accounts"]["edges"]
    return edge["node"]


async def told(home, count, *, now):
    """Queue some messages about the account and return the ids of all, oldest first."""
    for _ in range(count):
        await notification.queue(
            "RESTORED", account_id=home.account_id, params={}, key=str(uuid4()), now=now
        )
    found = await rows("select id from message where account_id = $1 order by id", home.account_id)
    return [each["id"] for each in found]


async def reads(caller, message_id):
    answer = await caller.run(
        "MarkMessagesRead", input={"messageId": global_id("Message", message_id)}
    )
    return answer["data"]["markMessagesRead"]


async def test_the_last_bill_and_what_is_still_to_be_done(town, clock):
    for month in (1, 2):
        days = date(2026, month, 1), date(2026, month + 1, 1)
        await run(BILL, town.home.account_id, *days, clock.now())
    given = {"accountNumber": town.home.number, "kind": "NO_POWER", "idempotencyKey": str(uuid4())}
    answer = await town.customer.run("ReportRepair", input=given)

    seen = await screen(town.customer)
    (bill,) = seen["bills"]["edges"]
    assert (bill["node"]["firstDay"], bill["node"]["total"]["amount"]) == ("2026-02-01", "123.45")
    (request,) = seen["openRepairRequests"]["edges"]
    assert request["node"]["number"] == answer["data"]["reportRepair"]["repairRequest"]["number"]

    await run("update task set state = 'DONE' where kind = 'REPAIR'")
    assert (await screen(town.customer))["openRepairRequests"]["edges"] == []


async def test_each_person_has_read_as_far_as_they_say_and_never_less(app, town, clock):
    ids = await told(town.home, 4, now=clock.now())
    other = await app.signed_in(OTHER, "CUSTOMER", accounts=[town.home.account_id])
    assert (await screen(town.customer))["unreadMessages"] == len(ids)

    marked = await reads(town.customer, ids[-2])
    assert (marked["userErrors"], marked["account"]["unreadMessages"]) == ([], 1)
    assert (await reads(town.customer, ids[0]))["account"]["unreadMessages"] == 1
    assert (await screen(town.customer))["unreadMessages"] == 1
    assert (await screen(other))["unreadMessages"] == len(ids)

    await told(town.home, 1, now=clock.now())
    assert (await screen(town.customer))["unreadMessages"] == 2


async def test_what_a_tenant_is_not_shown_is_not_counted_either(app, town, clock):
    ids = await told(town.home, 1, now=clock.now())
    await run("update message set kind = 'BILL_ISSUED' where id = $1", ids[-1])
    tenant = await app.signed_in(OTHER, "CUSTOMER")
    person_id = await value("select id from person where phone = $1", OTHER)
    await identity.grant_access(person_id, town.home.account_id, role="TENANT")

    assert (await screen(town.customer))["unreadMessages"] == len(ids)
    assert (await screen(tenant))["unreadMessages"] == len(ids) - 1
    refused = await reads(tenant, ids[-1])
    assert [each["code"] for each in refused["userErrors"]] == ["MESSAGE_UNKNOWN"]
    assert await value("select count(*) from message_mark") == 0


async def test_messages_of_others_cannot_be_marked(town, clock):
    foreign = await seed.home(town.district_id, now=clock.now())
    ids = await told(foreign, 1, now=clock.now())
    for each in (ids[0], 999_999):
        refused = await reads(town.customer, each)
        assert [error["code"] for error in refused["userErrors"]] == ["MESSAGE_UNKNOWN"]
        assert refused["account"] is None
    assert await value("select count(*) from message_mark") == 0


async def test_operators_leave_no_marks(town, clock):
    await told(town.home, 1, now=clock.now())
    query = "query ($n: String!) { account(number: $n) { unreadMessages } }"
    answer = await town.operator.send(query, n=town.home.number)
    assert answer["data"]["account"]["unreadMessages"] == 0
