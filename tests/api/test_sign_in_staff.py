"""Staff: invited, set up, signed in by password and second factor; tablets; a fresh factor."""

import asyncio
import json
import threading
from concurrent import futures
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp
import pytest
import websockets

from api.graphql import schema
from api.staff_sign_in import invitation
from auth import DeviceKey, password_hash
from auth._password import _AT_ONCE, _WAITING_MAX, _hasher, _threads
from domain import identity
from domain.base import SYSTEM, rows, run, value
from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from tests.api.conftest import CUSTOMER, INSPECTOR, OPERATOR, App, counted, nodes
from tests.api.test_sessions import URL, Phone
from tests.api.test_sign_in import statements

PASSWORD = "correct horse battery"


async def person_id(phone):
    return await value("select id from person where phone = $1", phone)


async def invited(phone, kind="SET_UP"):
    wall = runtime_clock.wall()
    return await invitation(await person_id(phone), kind, actor=SYSTEM, wall=wall)


@dataclass
class Staff:
    """A member of staff with password and authenticator."""

    app: App
    phone: str
    secret: str
    recovery: list[str]
    steps: list[int] = field(default_factory=list)

    def factor(self):
        """Return a code that was not used yet; the next half minute's is good already."""
        now = int(runtime_clock.wall().timestamp()) // 30
        step = next(s for s in (now - 1, now, now + 1) if not self.steps or s > self.steps[-1])
        self.steps.append(step)
        return pyotp.TOTP(self.secret).generate_otp(step)

    async def signs_in(self, caller=None, **given):
        said = {"phone": self.phone, "password": PASSWORD, "device": "desk"}
        said |= {"factor": given.pop("factor", None) or self.factor()} | given
        return (await (caller or self.app).run("SignInStaff", **said))["data"]["signInStaff"]


async def set_up(app, phone):
    """Walk the way of somebody who was invited."""
    code = await invited(phone)
    begun = await app.run("BeginSetUp", phone=phone, invitation=code.lower(), password=PASSWORD)
    secret = begun["data"]["beginSetUp"]["secret"]
    staff = Staff(app, phone, secret, [])
    done = await app.run("ConfirmSetUp", phone=phone, invitation=code, factor=staff.factor())
    staff.recovery = done["data"]["confirmSetUp"]["recoveryCodes"]
    return staff


@pytest.fixture
async def operator(app, town):
    return await set_up(app, OPERATOR)


def code_of(answer):
    return [each["code"] for each in answer["userErrors"]]


async def test_whoever_was_invited_sets_up_password_and_factor_and_signs_in(app, town):
    staff = await set_up(app, OPERATOR)

    assert len(staff.recovery) == 8
    signed = await staff.signs_in()
    assert signed["session"]["role"] == "OPERATOR"
    app.token = signed["session"]["accessToken"]
    assert (await app.run("District"))["data"]["accounts"]["edges"]
    stored = str(await rows("select * from recovery_code")) + str(
        await rows("select * from staff_secret")
    )
    assert PASSWORD not in stored
    assert staff.recovery[0].replace("-", "") not in stored
    actions = [each["action"] for each in await rows("select action from audit_entry order by id")]
    assert actions == ["INVITE_SET_UP", "SET_UP_SIGN_IN", "SIGN_IN"]


async def test_a_second_factor_is_kept_sealed_where_there_is_a_key(app, town):
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"secrets_key": "A" * 43 + "="}))
    try:
        staff = await set_up(app, OPERATOR)
        assert staff.secret not in str(await rows("select * from staff_secret"))
        assert (await staff.signs_in())["session"]["role"] == "OPERATOR"
    finally:
        runtime_settings.use(given)


async def test_before_the_factor_is_confirmed_nobody_signs_in(app, town):
    code = await invited(OPERATOR)
    begun = await app.run("BeginSetUp", phone=OPERATOR, invitation=code, password=PASSWORD)
    staff = Staff(app, OPERATOR, begun["data"]["beginSetUp"]["secret"], [])

    assert begun["data"]["beginSetUp"]["uri"].startswith("otpauth://totp/feikong:")
    assert code_of(await staff.signs_in()) == ["CODE_REJECTED"]
    wrong = await app.run("ConfirmSetUp", phone=OPERATOR, invitation=code, factor="000000")
    assert code_of(wrong["data"]["confirmSetUp"]) == ["CODE_REJECTED"]
    assert await counted("recovery_code") == (0,)


async def test_an_invitation_is_good_once_for_one_phone_and_one_purpose(app, operator):
    used = await value("select count(*) from invitation where used_at is not null")
    assert used == 1
    device = await invited(OPERATOR, "DEVICE")
    old, late = await invited(OPERATOR), await invited(OPERATOR)
    await run(
        "update invitation set expires_at = created_at where kind = 'SET_UP' and used_at is null"
    )
    for phone, code in ((OPERATOR, device), (OPERATOR, old), (OPERATOR, late), (CUSTOMER, device)):
        answer = await app.run("BeginSetUp", phone=phone, invitation=code, password=PASSWORD)
        assert code_of(answer["data"]["beginSetUp"]) == ["INVITATION_REJECTED"]
    assert (await operator.signs_in())["session"]


async def test_a_short_password_is_refused(app, town):
    code = await invited(OPERATOR)
    answer = await app.run("BeginSetUp", phone=OPERATOR, invitation=code, password="short")
    assert code_of(answer["data"]["beginSetUp"]) == ["PASSWORD_UNFIT"]
    assert await counted("staff_secret") == (0,)


async def test_a_code_of_the_authenticator_counts_once_also_in_parallel(operator):
    factor = operator.factor()
    answers = await asyncio.gather(*(operator.signs_in(factor=factor) for _ in range(4)))
    assert sum(bool(answer["session"]) for answer in answers) == 1
    assert code_of(await operator.signs_in(factor=factor)) == ["CODE_REJECTED"]


async def test_a_recovery_code_stands_in_once(operator):
    given = operator.recovery[0].lower()
    assert code_of(await operator.signs_in(factor=given, password="wrong password")) == [
        "CODE_REJECTED"
    ]
    assert (await operator.signs_in(factor=given))["session"]
    assert code_of(await operator.signs_in(factor=given)) == ["CODE_REJECTED"]


async def test_unknown_names_wrong_passwords_and_wrong_factors_are_the_same_statements(
    operator, caplog
):
    caplog.set_level("DEBUG", logger="tortoise.db_client")
    sent, answers = [], []
    for phone, password in (
        ("13911111111", PASSWORD),
        (CUSTOMER, PASSWORD),
        (INSPECTOR, PASSWORD),
        (OPERATOR, "wrong password"),
        (OPERATOR, PASSWORD),
    ):
        caplog.clear()
        answers.append(await operator.signs_in(phone=phone, password=password, factor="WRONG"))
        sent.append(statements(caplog))

    assert all(answer == answers[0] for answer in answers)
    assert all(each == sent[0] for each in sent)
    assert len(sent[0]) > 3


async def test_ten_failures_close_a_name_here_for_a_quarter_of_an_hour_even_in_parallel(operator):
    tries = [operator.signs_in(password="wrong password", factor="000000") for _ in range(14)]
    answers = [code_of(answer)[0] for answer in await asyncio.gather(*tries)]

    assert answers.count("CODE_REJECTED") == identity.FAILED_PER_NAME_AND_ADDRESS_MAX
    assert answers.count("TOO_MANY_ATTEMPTS") == 14 - identity.FAILED_PER_NAME_AND_ADDRESS_MAX
    assert code_of(await operator.signs_in()) == ["TOO_MANY_ATTEMPTS"]
    await run("update sign_in_attempt set at = at - interval '16 minutes'")
    assert (await operator.signs_in())["session"]
    assert await value("select count(*) from sign_in_attempt where not failed") == 3


async def test_who_comes_while_passwords_wait_in_line_has_not_failed(operator):
    gate = threading.Event()
    waiting = [_threads.submit(gate.wait) for _ in range(_AT_ONCE + _WAITING_MAX)]
    try:
        for _ in range(identity.FAILED_PER_NAME_AND_ADDRESS_MAX + 1):
            assert code_of(await operator.signs_in(factor="000000")) == ["SIGN_IN_BUSY"]
    finally:
        gate.set()
        futures.wait(waiting)
    assert (await operator.signs_in())["session"]["role"] == "OPERATOR"


@pytest.mark.parametrize("undo", [identity.retire_staff, identity.reset_factor, None])
async def test_nobody_gets_in_who_is_kept_out_while_the_password_is_compared(operator, undo):
    gate, wall = threading.Event(), runtime_clock.wall()
    waiting = [_threads.submit(gate.wait) for _ in range(_AT_ONCE)]
    try:
        signing_in = asyncio.create_task(operator.signs_in())
        while not _threads._work_queue.qsize():
            await asyncio.sleep(0.01)
        number = await person_id(OPERATOR)
        if undo:
            await undo(number, actor=SYSTEM, wall=wall)
        else:
            stored = await asyncio.to_thread(_hasher.hash, "another battery staple")
            await identity.set_password(number, stored, actor=SYSTEM, wall=wall)
    finally:
        gate.set()
        futures.wait(waiting)
    assert code_of(await signing_in) == ["CODE_REJECTED"]
    assert await value("select count(*) from session where person_id = $1", number) == 1


async def test_signing_in_stands_alone_in_its_operation(app, town):
    for name, given in (
        ("signInStaff", '{phone: "1", password: "x", factor: "y"}'),
        ("stepUp", '{factor: "y"}'),
        ("enrolTablet", '{phone: "1", invitation: "x", name: "y"}'),
        ("beginSetUp", '{phone: "1", invitation: "x", password: "y"}'),
        ("confirmSetUp", '{phone: "1", invitation: "x", factor: "y"}'),
    ):
        one = f"{name}(input: {given}) {{ __typename }}"
        answer = await app.send(f"mutation {{ a: {one} b: {one} }}")
        assert answer["errors"][0]["extensions"]["code"] == "SIGN_IN_ALONE"
    assert await counted("sign_in_attempt") == (0,)


KEY = 'idempotencyKey: "4f2c1a3e-7f0e-4b7e-9d0c-2b1f0c9d8e7a"'
CONTROLS = {
    "protectAccount": f'{{accountNumber: "1", why: "x", {KEY}}}',
    "unprotectAccount": f'{{accountNumber: "1", {KEY}}}',
    "setControlSwitch": f"{{name: STOP_TRIPS, on: true, {KEY}}}",
    "publishTariff": '{draftId: "1"}',
    "inviteTablet": '{inspectorPhone: "1"}',
    "revokeTablet": '{tabletId: "1"}',
}


async def test_control_wants_a_second_factor_that_is_fresh(app, town, operator):
    signed = await operator.signs_in()
    app.token = signed["session"]["accessToken"]
    given = {"number": town.home.number, "why": "hospital bed"}
    fresh = await app.run("Protect", **given)
    assert not fresh["data"]["protectAccount"]["userErrors"]

    await run("update session set proven_at = proven_at - interval '6 minutes'")
    token = signed["session"]["refreshToken"]
    app.token = None
    renewed = (await app.run("RefreshSession", refreshToken=token))["data"]["refreshSession"]
    app.token = renewed["session"]["accessToken"]
    before = await counted("audit_entry", "command", "control_switch")
    for name, said in CONTROLS.items():
        answer = await app.send(f"mutation {{ {name}(input: {said}) {{ __typename }} }}")
        assert answer["errors"][0]["extensions"]["code"] == "STEP_UP_REQUIRED"
        assert "stepUp" in answer["errors"][0]["message"]
    assert await counted("audit_entry", "command", "control_switch") == before
    assert await value("select protected from account where id = $1", town.home.account_id)

    wrong = await app.run("StepUp", factor="000000")
    assert code_of(wrong["data"]["stepUp"]) == ["CODE_REJECTED"]
    stepped = (await app.run("StepUp", factor=operator.recovery[0]))["data"]["stepUp"]
    app.token = stepped["accessToken"]
    freed = await app.run("Unprotect", number=town.home.number)
    assert not freed["data"]["unprotectAccount"]["userErrors"]
    assert not await value("select protected from account where id = $1", town.home.account_id)
    assert await value("select count(*) from audit_entry where action = 'STEP_UP'") == 1


def test_what_moves_supply_protection_or_switches_wants_a_fresh_factor():
    from api.graphql.field import rules_of

    proven = {name for name, rule in rules_of(schema()).items() if rule.proven}
    assert {f"Mutation.{name}" for name in CONTROLS} <= proven


async def test_a_session_of_play_gives_no_step_up(app, town):
    answer = await town.operator.run("StepUp", factor="000000")
    assert code_of(answer["data"]["stepUp"]) == ["CODE_REJECTED"]


@pytest.fixture
async def inspector(app, town):
    return await set_up(app, INSPECTOR)


@pytest.fixture
def tablet(app, town):
    return Phone(app.http, app.keys)


async def enrolled(tablet, town):
    """Let the operator invite the inspector's tablet, and the tablet come in."""
    invited = await town.operator.run("InviteTablet", phone=INSPECTOR)
    code = invited["data"]["inviteTablet"]["invitation"]
    answer = await tablet.run("EnrolTablet", phone=INSPECTOR, invitation=code, name="T1")
    return answer["data"]["enrolTablet"]["tabletId"], code


async def on_tablet(inspector, tablet):
    signed = await inspector.signs_in(tablet)
    tablet.bound, tablet.token = True, signed["session"]["accessToken"]
    return signed["session"]["refreshToken"]


async def test_an_inspector_signs_in_on_an_enrolled_tablet_only(inspector, tablet, town):
    before = await counted("session")
    assert code_of(await inspector.signs_in()) == ["DEVICE_NOT_ENROLLED"]
    assert code_of(await inspector.signs_in(tablet)) == ["DEVICE_NOT_ENROLLED"]
    assert await counted("session", "device") == (*before, 0)

    inspector.steps.clear()
    await run("update staff_secret set totp_step = 0")
    tablet_id, code = await enrolled(tablet, town)
    assert tablet_id
    again = await Phone(tablet.http, tablet.keys).run(
        "EnrolTablet", phone=INSPECTOR, invitation=code, name="T2"
    )
    assert code_of(again["data"]["enrolTablet"]) == ["INVITATION_REJECTED"]
    await on_tablet(inspector, tablet)
    assert (await tablet.run("MyTasks"))["data"]["tasks"]


async def test_the_token_of_a_tablet_is_worth_nothing_elsewhere(inspector, tablet, town, app):
    await enrolled(tablet, town)
    refresh_token = await on_tablet(inspector, tablet)
    body = {"query": "{ viewer { role } }"}
    token, wall = tablet.token, runtime_clock.wall()
    other = DeviceKey()
    stale = wall - timedelta(minutes=5)
    for headers in (
        {"authorization": f"Bearer {token}"},
        {"authorization": f"DPoP {token}"},
        {"authorization": f"Bearer {token}", "dpop": _proof(tablet.key, token, wall)},
        {"authorization": f"DPoP {token}", "dpop": _proof(other, token, wall)},
        {"authorization": f"DPoP {token}", "dpop": _proof(tablet.key, "x", wall)},
        {"authorization": f"DPoP {token}", "dpop": _proof(tablet.key, token, stale)},
        {"authorization": f"DPoP {token}", "dpop": _proof(tablet.key, token, wall, method="GET")},
    ):
        answer = await app.http.post("/graphql", json=body, headers=headers)
        assert answer.status_code == 401, headers
    assert (await tablet.post(body)).json() == {"data": {"viewer": {"role": "INSPECTOR"}}}
    unbound = await app.http.post(
        "/graphql", json=body, headers={"authorization": f"DPoP {town.customer.token}"}
    )
    assert unbound.status_code == 401
    assert await Phone(app.http, app.keys).refreshes(refresh_token) is None
    assert await tablet.refreshes(refresh_token)


def _proof(key, token, wall, *, method="POST"):
    return key.proof(method=method, url=URL, wall=wall, access_token=token)


async def test_a_proof_that_was_overheard_is_good_for_nothing(inspector, tablet, town, app):
    await enrolled(tablet, town)
    refresh_token = await on_tablet(inspector, tablet)
    token = tablet.token
    headers = {
        "authorization": f"DPoP {token}",
        "dpop": _proof(tablet.key, token, runtime_clock.wall()),
    }
    # The second of these has no plan, and is looked at twice.
    for query, status in (("{ __typename }", 200), ("{ viewer { role } }", 401)):
        answer = await app.http.post("/graphql", json={"query": query}, headers=headers)
        assert answer.status_code == status
    assert await tablet.refreshes(refresh_token)


async def test_a_websocket_of_a_tablet_shows_the_key_too(inspector, tablet, town, address):
    await enrolled(tablet, town)
    await on_tablet(inspector, tablet)
    url, wall = f"http://{address}/graphql", runtime_clock.wall()

    def said(key):
        proof = key.proof(method="GET", url=url, wall=wall, access_token=tablet.token)
        return {"Authorization": f"DPoP {tablet.token}", "DPoP": proof}

    answers = []
    for payload in (said(tablet.key), said(DeviceKey()), {"Authorization": f"DPoP {tablet.token}"}):
        async with websockets.connect(
            f"ws://{address}/graphql", subprotocols=["graphql-transport-ws"]
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            try:
                answers.append(json.loads(await socket.recv())["type"])
            except websockets.ConnectionClosed as closed:
                answers.append(closed.rcvd.code)
    assert answers == ["connection_ack", 4403, 4403]


async def test_a_revoked_tablet_is_out_at_once(inspector, tablet, town):
    tablet_id, _ = await enrolled(tablet, town)
    refresh_token = await on_tablet(inspector, tablet)
    far = await town.far_operator.run("RevokeTablet", tabletId=tablet_id)
    assert code_of(far["data"]["revokeTablet"]) == ["DEVICE_UNKNOWN"]
    assert (await town.far_operator.run("Tablets"))["data"]["tablets"]["edges"] == []

    done = await town.operator.run("RevokeTablet", tabletId=tablet_id)

    assert done["data"]["revokeTablet"]["tabletId"] == tablet_id
    assert await tablet.refreshes(refresh_token) is None
    async with asyncio.timeout(20):
        while (await tablet.post({"query": "{ viewer { role } }"})).status_code != 401:
            await asyncio.sleep(0.01)
    tablet.token, tablet.bound = None, False
    assert code_of(await inspector.signs_in(tablet)) == ["DEVICE_NOT_ENROLLED"]
    (listed,) = nodes((await town.operator.run("Tablets"))["data"]["tablets"])
    assert (listed["id"], listed["revokedAt"] is None) == (tablet_id, False)


async def test_an_operator_invites_inspectors_of_the_own_district_only(town):
    before = await counted("invitation")
    for who, phone in (
        (town.far_operator, INSPECTOR),
        (town.operator, CUSTOMER),
        (town.operator, "1"),
    ):
        answer = await who.run("InviteTablet", phone=phone)
        assert code_of(answer["data"]["inviteTablet"]) == ["INSPECTOR_UNKNOWN"]
    assert await counted("invitation") == before


async def test_a_password_or_factor_that_is_set_anew_ends_all_sessions(app, operator):
    signed = await operator.signs_in()
    wall, who = runtime_clock.wall(), await person_id(OPERATOR)
    hashed = await password_hash("another horse battery")
    await identity.set_password(who, hashed, actor=SYSTEM, wall=wall)

    assert code_of(await operator.signs_in()) == ["CODE_REJECTED"]
    token = signed["session"]["refreshToken"]
    answer = await app.run("RefreshSession", refreshToken=token)
    assert code_of(answer["data"]["refreshSession"]) == ["SESSION_ENDED"]
    await identity.reset_factor(who, actor=SYSTEM, wall=wall)
    refused = await operator.signs_in(password="another horse battery", factor=operator.recovery[1])
    assert code_of(refused) == ["CODE_REJECTED"]
    assert await counted("recovery_code") == (0,)


async def test_whoever_has_left_signs_in_no_more(app, operator):
    signed = await operator.signs_in()
    await identity.retire_staff(await person_id(OPERATOR), actor=SYSTEM, wall=runtime_clock.wall())

    assert code_of(await operator.signs_in()) == ["CODE_REJECTED"]
    answer = await app.run("RefreshSession", refreshToken=signed["session"]["refreshToken"])
    assert code_of(answer["data"]["refreshSession"]) == ["SESSION_ENDED"]
