"""Signing in by a code, staying signed in, signing out."""

import asyncio
import re
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from redis.asyncio import Redis

from api import create_app, open_keys
from domain import identity
from domain.base import rows, run, unpacked, value
from domain.outbox import Fact
from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from tests.api.conftest import CUSTOMER, OPERATOR, App, counted
from workers import jobs
from workers.jobs import Tools


@asynccontextmanager
async def another_process():
    api = create_app(own_database=False)
    async with api.router.lifespan_context(api):
        transport = httpx.ASGITransport(app=api, client=("10.0.0.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://feikong") as http:
            yield App(http, await open_keys(wall=runtime_clock.wall()))


async def send_codes() -> None:
    """Do what the worker does with the codes that were asked for."""
    asked = await rows("select id, topic, payload, attempts from outbox where topic = 'code.asked'")
    facts = [Fact(**{**each, "payload": unpacked(each["payload"])}) for each in asked]
    await jobs.send_code(Tools(), facts)


async def code_of(phone: str = CUSTOMER) -> str:
    await send_codes()
    text = await value(
        "select text from message where phone = $1 and kind = 'SIGN_IN_CODE' order by id desc",
        phone,
    )
    return re.search(r"\d{6}", text).group(0)


async def sign_in(app, phone=CUSTOMER):
    await app.run("RequestCode", phone=phone)
    answer = await app.run("SignIn", phone=phone, code=await code_of(phone), device="phone")
    return answer["data"]["signIn"]


async def test_a_code_by_sms_opens_a_session(app, town):
    answer = await sign_in(app)

    assert answer["userErrors"] == []
    assert answer["session"]["role"] == "CUSTOMER"
    app.token = answer["session"]["accessToken"]
    viewer = (await app.run("HomeScreen"))["data"]["viewer"]
    assert viewer["accounts"]["edges"][0]["node"]["number"] == town.home.number


async def test_known_and_unknown_numbers_get_the_same_answer_and_only_the_known_a_message(
    app, town
):
    known = await app.run("RequestCode", phone=CUSTOMER)
    unknown = await app.run("RequestCode", phone="13911111111")

    assert known == unknown
    await send_codes()
    assert await value("select count(*) from message where kind = 'SIGN_IN_CODE'") == 1


def statements(caplog):
    """Return what was sent for the request, without its values, and forget it."""
    sent = [each.getMessage().split(": [")[0] for each in caplog.records]
    caplog.clear()
    # The process looks for new keys and ended sessions every second, whoever asks.
    return [each for each in sent if "signing_key" not in each and "revoked_at >" not in each]


async def test_known_and_unknown_numbers_and_staff_are_the_same_statements(app, town, caplog):
    caplog.set_level("DEBUG", logger="tortoise.db_client")
    sent = {}
    for phone in (CUSTOMER, OPERATOR, "13911111111"):
        caplog.clear()
        await app.run("RequestCode", phone=phone)
        sent["ask", phone] = statements(caplog)
        await app.run("SignIn", phone=phone, code="x", device="")
        sent["guess", phone] = statements(caplog)

    for act in ("ask", "guess"):
        assert len(sent[act, CUSTOMER]) > 1
        assert sent[act, CUSTOMER] == sent[act, OPERATOR] == sent[act, "13911111111"]


async def test_staff_do_not_sign_in_by_a_code(app, town):
    await app.run("RequestCode", phone=OPERATOR)
    await send_codes()

    assert await value("select count(*) from message where kind = 'SIGN_IN_CODE'") == 0
    assert not await value("select code_hash from sign_in_code")


async def test_a_code_counts_once_and_a_wrong_one_never(app, town):
    await app.run("RequestCode", phone=CUSTOMER)
    code = await code_of()
    wrong = "000000" if code != "000000" else "000001"

    refused = await app.run("SignIn", phone=CUSTOMER, code=wrong, device="")
    taken = await app.run("SignIn", phone=CUSTOMER, code=code, device="")
    again = await app.run("SignIn", phone=CUSTOMER, code=code, device="")

    assert refused["data"]["signIn"]["userErrors"][0]["code"] == "CODE_REJECTED"
    assert taken["data"]["signIn"]["session"]
    assert again["data"]["signIn"]["session"] is None


async def test_five_wrong_guesses_end_a_code_even_in_parallel(app, town):
    await app.run("RequestCode", phone=CUSTOMER)
    code = await code_of()
    guesses = [f"{(int(code) + k) % 10**6:06d}" for k in range(1, 11)]

    await asyncio.gather(*(app.run("SignIn", phone=CUSTOMER, code=g, device="") for g in guesses))
    answer = await app.run("SignIn", phone=CUSTOMER, code=code, device="")

    assert answer["data"]["signIn"]["session"] is None
    assert await value("select max(attempts) from sign_in_code") == identity.ATTEMPTS_MAX
    assert await value("select count(*) from session where device <> 'demo'") == 0


async def test_an_old_code_is_rejected(app, town):
    await app.run("RequestCode", phone=CUSTOMER)
    code = await code_of()
    await run("update sign_in_code set expires_at = created_at")

    answer = await app.run("SignIn", phone=CUSTOMER, code=code, device="")
    assert answer["data"]["signIn"]["userErrors"][0]["code"] == "CODE_REJECTED"


async def test_codes_are_limited_per_number_also_in_parallel(app, town):
    asked = [app.run("RequestCode", phone=CUSTOMER) for _ in range(12)]
    answers = [a["data"]["requestSignInCode"] for a in await asyncio.gather(*asked)]

    refused = [a for a in answers if a["userErrors"]]
    assert len(answers) - len(refused) == identity.PER_PHONE_MAX
    assert {a["userErrors"][0]["code"] for a in refused} == {"TOO_MANY_CODES"}
    await send_codes()
    await send_codes()
    sent = await value("select count(*) from message where kind = 'SIGN_IN_CODE'")
    assert sent == identity.PER_PHONE_MAX


async def test_codes_are_limited_per_address(app, town):
    for k in range(identity.PER_ADDRESS_MAX):
        await app.run("RequestCode", phone=f"1370000{k:04d}")
    answer = await app.run("RequestCode", phone=CUSTOMER)

    assert answer["data"]["requestSignInCode"]["userErrors"][0]["code"] == "TOO_MANY_CODES"
    assert await value("select count(*) from message where kind = 'SIGN_IN_CODE'") == 0


async def test_refreshing_rotates_and_a_token_used_twice_ends_the_family(app, town):
    first = (await sign_in(app))["session"]["refreshToken"]
    second = (await app.run("RefreshSession", refreshToken=first))["data"]["refreshSession"]
    stolen = (await app.run("RefreshSession", refreshToken=first))["data"]["refreshSession"]
    after = await app.run("RefreshSession", refreshToken=second["session"]["refreshToken"])

    assert stolen["userErrors"][0]["code"] == "SESSION_ENDED"
    assert after["data"]["refreshSession"]["session"] is None
    assert await value("select count(*) from session where revoked_why = 'REUSE'") == 1


async def test_of_parallel_refreshes_at_most_one_wins(app, town):
    first = (await sign_in(app))["session"]["refreshToken"]

    answers = await asyncio.gather(
        *(app.run("RefreshSession", refreshToken=first) for _ in range(5))
    )

    assert sum(bool(a["data"]["refreshSession"]["session"]) for a in answers) == 1


async def test_signing_out_ends_the_refresh_token(app, town):
    session = (await sign_in(app))["session"]
    app.token = session["accessToken"]
    out = await app.run("SignOut", everywhere=False)
    after = await app.run("RefreshSession", refreshToken=session["refreshToken"])

    assert out["data"]["signOut"]["signedOut"]
    assert after["data"]["refreshSession"]["session"] is None


async def test_a_phone_that_is_none_is_told_so_in_the_callers_language(app, town):
    before = await counted("sign_in_code")
    body = {
        "query": """mutation {
          requestSignInCode(input: {phone: "x"}) { userErrors { code message field } }
        }"""
    }
    english = (await app.post(body, **{"accept-language": "en"})).json()
    chinese = (await app.post(body)).json()

    error = english["data"]["requestSignInCode"]["userErrors"][0]
    assert (error["code"], error["field"]) == ("PHONE_INVALID", ["input", "phone"])
    assert error["message"] == "This is not a phone number."
    assert (
        chinese["data"]["requestSignInCode"]["userErrors"][0]["message"] == "手机号码格式不正确。"
    )
    assert await counted("sign_in_code") == before


async def test_limits_outlive_the_doorbell_and_the_process(town, redis_url):
    given = runtime_settings.load({"profile": "test", "redis_url": redis_url})
    runtime_settings.use(given)
    async with another_process() as first:
        for _ in range(identity.PER_PHONE_MAX):
            await first.run("RequestCode", phone=CUSTOMER)
    redis = Redis.from_url(redis_url)
    await redis.flushall()
    await redis.aclose()

    async with another_process() as second:
        answer = await second.run("RequestCode", phone=CUSTOMER)

    assert answer["data"]["requestSignInCode"]["userErrors"][0]["code"] == "TOO_MANY_CODES"


async def test_a_phone_on_file_becomes_known_as_the_holder(app, town):
    phone = await value("select phone from contact where account_id = $1", town.home.account_id)

    answer = await sign_in(app, phone)

    app.token = answer["session"]["accessToken"]
    viewer = (await app.run("HomeScreen"))["data"]["viewer"]
    assert [e["node"]["number"] for e in viewer["accounts"]["edges"]] == [town.home.number]
    assert await value("select role from account_access order by id desc limit 1") == "HOLDER"
    assert await value("select count(*) from audit_entry where action = 'GRANT_ACCESS'") == 1


async def test_each_sign_in_and_each_end_is_in_the_audit_once(app, town):
    session = (await sign_in(app))["session"]
    app.token = session["accessToken"]
    await app.run("SignOut", everywhere=False)
    await app.run("SignOut", everywhere=False)

    found = await rows("select actor, action, subject from audit_entry order by id")
    assert [each["action"] for each in found] == ["SIGN_IN", "END_SESSION"]
    assert len({(each["actor"], each["subject"]) for each in found}) == 1
    assert CUSTOMER not in str(found)


async def test_what_was_kept_for_a_while_is_forgotten(app, town):
    await app.run("RequestCode", phone=CUSTOMER)
    await run("insert into sign_in_attempt (who, address, at) values ('x', 'y', now())")
    wall = runtime_clock.wall()

    await identity.forget_attempts(wall=wall + timedelta(hours=23))
    assert await counted("sign_in_code", "sign_in_attempt") == (1, 1)
    await identity.forget_attempts(wall=wall + timedelta(hours=25))
    assert await counted("sign_in_code", "sign_in_attempt") == (0, 0)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
    ],
)
async def test_an_ipv6_subscriber_is_one_address(database, address, network):
    await identity.ask_code("1", address=address, wall=runtime_clock.wall())
    assert await value("select address from sign_in_code") == network


async def test_the_first_two_processes_make_one_key(database):
    made = [(f"k{n}", "pem") for n in range(5)]
    wall = runtime_clock.wall()
    clocks = [wall - timedelta(seconds=n) for n in range(5)]  # none of them is right
    keys = await asyncio.gather(
        *(
            identity.signing_keys(wall=at, make=lambda m=m: m)
            for m, at in zip(made, clocks, strict=True)
        )
    )
    assert len({tuple(k) for k in keys}) == 1


async def test_keys_are_published(app):
    answer = await app.http.get("/.well-known/jwks.json")
    assert answer.json() == app.keys.jwks()
    kept_s = int(answer.headers["cache-control"].removeprefix("public, max-age="))
    assert kept_s < identity.KEY_LEAD.total_seconds()
