"""Staying signed in: device keys, rotation, two apps that ask at once, and ending it all."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import jwt
import pytest

from api import ready_sign_in
from auth import DeviceKey, new_key
from domain import identity
from domain.base import rows, run, value
from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from tests.api.conftest import CUSTOMER, DOCUMENTS, App, counted, nodes
from tests.api.test_sign_in import another_process, code_of

URL = "http://feikong/graphql"


@dataclass
class Phone(App):
    """A caller that holds a key and shows it by a proof wherever one is wanted."""

    key: DeviceKey = field(default_factory=DeviceKey)
    bound: bool = False

    async def post(self, body, **headers):
        wall = runtime_clock.wall()
        if self.token:
            scheme = "DPoP" if self.bound else "Bearer"
            headers = {"authorization": f"{scheme} {self.token}"} | headers
        token = self.token if self.bound else None
        proof = self.key.proof(method="POST", url=URL, wall=wall, access_token=token)
        return await self.http.post("/graphql", json=body, headers={"dpop": proof} | headers)

    async def signs_in(self, phone=CUSTOMER):
        await self.run("RequestCode", phone=phone)
        answer = await self.run("SignIn", phone=phone, code=await code_of(phone), device="my phone")
        session = answer["data"]["signIn"]["session"]
        self.token = session["accessToken"]
        return session["refreshToken"]

    async def refreshes(self, refresh_token):
        unsigned = replace(self, token=None)
        answer = await unsigned.run("RefreshSession", refreshToken=refresh_token)
        return answer["data"]["refreshSession"]["session"]


@pytest.fixture
def phone(app, town):
    return Phone(app.http, app.keys)


async def test_a_session_is_bound_to_the_key_that_was_shown(phone, app):
    refresh_token = await phone.signs_in()
    assert await value("select thumbprint from device") == phone.key.thumbprint
    before = await counted("refresh_token")

    thief = Phone(phone.http, phone.keys)
    assert await thief.refreshes(refresh_token) is None
    without = await app.run("RefreshSession", refreshToken=refresh_token)
    assert without["data"]["refreshSession"]["userErrors"][0]["code"] == "SESSION_ENDED"
    assert await counted("refresh_token") == before
    assert await phone.refreshes(refresh_token)


async def test_a_bad_proof_is_told_apart_from_none(phone):
    refresh_token = await phone.signs_in()
    body = {"query": DOCUMENTS["RefreshSession"], "operationName": "RefreshSession"}
    phone.token = None
    answer = await phone.post(
        body | {"variables": {"refreshToken": refresh_token}}, dpop="no.proof.atall"
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "DEVICE_PROOF_REJECTED"
    assert await phone.refreshes(refresh_token)


async def test_a_proof_is_shown_once(phone):
    refresh_token = await phone.signs_in()
    proof = phone.key.proof(method="POST", url=URL, wall=runtime_clock.wall())
    before = await counted("session", "refresh_token")
    body = {"query": DOCUMENTS["RefreshSession"], "operationName": "RefreshSession"}
    body |= {"variables": {"refreshToken": "none"}}
    phone.token = None
    codes = []
    for _ in range(2):
        answer = (await phone.post(body, dpop=proof)).json()
        errors = answer.get("errors") or answer["data"]["refreshSession"]["userErrors"]
        codes.append(errors[0].get("code") or errors[0]["extensions"]["code"])
    assert codes == ["SESSION_ENDED", "DEVICE_PROOF_REJECTED"]
    assert await counted("session", "refresh_token") == before
    assert await phone.refreshes(refresh_token)


async def test_of_parallel_refreshes_by_the_same_device_all_get_the_same_successor(phone):
    first = await phone.signs_in()

    sessions = await asyncio.gather(*(phone.refreshes(first) for _ in range(5)))

    (second,) = {session["refreshToken"] for session in sessions}
    assert second != first
    assert await value("select count(*) from refresh_token") == 2 + await _played()
    assert await phone.refreshes(second)
    assert await value("select count(*) from session where revoked_why = 'REUSE'") == 0


async def _played():
    return await value(
        "select count(*) from refresh_token t join session s on s.id = t.session_id"
        " where s.device = 'demo'"
    )


async def test_once_the_successor_is_used_the_old_token_revokes_the_family(phone):
    first = await phone.signs_in()
    second = (await phone.refreshes(first))["refreshToken"]
    third = (await phone.refreshes(second))["refreshToken"]

    assert await phone.refreshes(first) is None
    assert await phone.refreshes(third) is None
    assert await value("select count(*) from session where revoked_why = 'REUSE'") == 1


async def test_after_the_grace_the_old_token_revokes_the_family(phone):
    first = await phone.signs_in()
    second = (await phone.refreshes(first))["refreshToken"]
    past = identity.REFRESH_GRACE + timedelta(seconds=1)
    await run("update refresh_token set used_at = used_at - $1::interval where salt <> ''", past)

    assert await phone.refreshes(first) is None
    assert await phone.refreshes(second) is None


async def test_in_production_a_session_needs_a_key(app, town):
    await app.run("RequestCode", phone=CUSTOMER)
    code = await code_of()
    before = await counted("session", "refresh_token")
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"profile": "production"}))
    try:
        answer = await app.run("SignIn", phone=CUSTOMER, code=code, device="")
    finally:
        runtime_settings.use(given)

    assert answer["data"]["signIn"]["userErrors"][0]["code"] == "DEVICE_KEY_MISSING"
    assert await counted("session", "refresh_token") == before
    again = await app.run("SignIn", phone=CUSTOMER, code=code, device="")
    assert again["data"]["signIn"]["session"]


async def sessions(caller):
    return nodes((await caller.run("MySessions"))["data"]["viewer"]["sessions"])


async def test_a_person_sees_the_own_sessions_and_ends_one(phone, app, town):
    await run("update session set revoked_at = now() where person_id <> 0")
    await phone.signs_in()
    other = Phone(app.http, app.keys)
    refresh_token = await other.signs_in()

    listed = await sessions(phone)
    assert [(each["device"], each["bound"], each["current"]) for each in listed] == [
        ("my phone", True, False),
        ("my phone", True, True),
    ]
    ended = await phone.run("EndSession", sessionId=listed[0]["id"])
    again = await phone.run("EndSession", sessionId=listed[0]["id"])

    assert ended["data"]["endSession"]["sessionId"] == listed[0]["id"]
    assert again["data"]["endSession"]["userErrors"][0]["code"] == "SESSION_UNKNOWN"
    assert await other.refreshes(refresh_token) is None
    assert [each["current"] for each in await sessions(phone)] == [True]


async def test_a_foreign_session_is_one_that_is_not_there(phone, town, app):
    refresh_token = await phone.signs_in()
    (own,) = [each for each in await sessions(phone) if each["current"]]

    answer = await town.operator.run("EndSession", sessionId=own["id"])
    nobodys = await town.operator.run("EndSession", sessionId="x")

    assert answer == nobodys
    assert answer["data"]["endSession"]["userErrors"][0]["code"] == "SESSION_UNKNOWN"
    assert await phone.refreshes(refresh_token)


async def test_signing_out_everywhere_ends_all_but_the_asking_one_if_so_wished(phone, app):
    first = await phone.signs_in()
    other = Phone(app.http, app.keys)
    second = await other.signs_in()

    answer = await phone.run("SignOutEverywhere", keepThis=True)

    assert answer["data"]["signOutEverywhere"]["ended"] == 2
    assert await other.refreshes(second) is None
    renewed = await phone.refreshes(first)
    assert renewed
    answer = await phone.run("SignOutEverywhere", keepThis=False)
    assert answer["data"]["signOutEverywhere"]["ended"] == 1
    assert await phone.refreshes(renewed["refreshToken"]) is None


async def test_the_access_token_of_an_ended_session_dies_too(phone):
    await phone.signs_in()
    await phone.run("SignOut", everywhere=False)

    async with asyncio.timeout(20):
        answer = await phone.post({"query": "{ viewer { role } }"})
        while answer.status_code != 401:
            await asyncio.sleep(0.01)
            answer = await phone.post({"query": "{ viewer { role } }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_no_request_fails_while_the_keys_turn_twice(town):
    """Two processes: tokens are signed by one and shown to the other, all the time."""
    async with another_process() as first, another_process() as second:
        signs = Phone(first.http, first.keys)
        refresh_token, kids, failed, asked = await signs.signs_in(), {}, [], 0
        oldest = signs.token
        turning = asyncio.create_task(_turn_twice(kids))
        while not turning.done():
            session = await signs.refreshes(refresh_token)
            refresh_token, token = session["refreshToken"], session["accessToken"]
            kids.setdefault(_kid(token), token)
            for each in (token, oldest):
                for process in (second, first):
                    answer = await App(process.http, process.keys, each).post({
                        "query": "{ viewer { role } }"
                    })
                    asked += 1
                    if answer.status_code != 200 or "errors" in answer.json():
                        failed.append(answer.text)
        await turning

    assert len(kids) == 3
    assert failed == []
    assert asked >= 12


async def _turn_twice(kids):
    for turn in (1, 2):
        made = await identity.rotate_keys(
            make=new_key, wall=runtime_clock.wall(), lead=timedelta(seconds=3)
        )
        async with asyncio.timeout(20):
            while made not in kids:
                await asyncio.sleep(0.01)
        assert len(kids) == turn + 1


def _kid(token):
    return jwt.get_unverified_header(token)["kid"]


async def test_a_key_rotates_by_the_schedule_only_when_it_is_old(database):
    wall = runtime_clock.wall()
    await identity.signing_keys(wall=wall, make=new_key)

    assert await _rotated(wall + identity.KEY_LIFE - timedelta(days=1)) is None
    kid = await _rotated(wall + identity.KEY_LIFE)
    assert kid
    assert await _rotated(wall + identity.KEY_LIFE) is None

    found = await identity.signing_keys(wall=wall + identity.KEY_LIFE, make=new_key)
    assert found[0].kid == kid
    assert len(found) == 2
    later = wall + identity.KEY_LIFE + timedelta(hours=2)
    assert [key.kid for key in await identity.signing_keys(wall=later, make=new_key)] == [kid]
    assert [e["action"] for e in await rows("select action from audit_entry")] == ["ROTATE_KEYS"]


async def _rotated(wall):
    return await identity.rotate_keys(make=new_key, wall=wall, older_than=identity.KEY_LIFE)


async def test_the_demo_sign_in_is_closed_elsewhere(app, town):
    given = runtime_settings.settings()
    before = await counted("session")
    for profile in ("production", "development"):
        runtime_settings.use(given.model_copy(update={"profile": profile}))
        with pytest.raises(RuntimeError):
            await ready_sign_in(
                app.keys, phone=CUSTOMER, wall=runtime_clock.wall(), life=timedelta(minutes=1)
            )
    runtime_settings.use(given)
    assert await counted("session") == before
