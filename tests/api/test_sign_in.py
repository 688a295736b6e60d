"""Signing in by a code, staying signed in, signing out."""

import asyncio
import re

from domain import identity
from domain.base import run, value
from runtime import clock as runtime_clock
from tests.api.conftest import CUSTOMER, counted


async def code_of(phone: str = CUSTOMER) -> str:
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
    assert await value("select count(*) from message where kind = 'SIGN_IN_CODE'") == 1


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


async def test_an_old_code_is_rejected(app, town):
    await app.run("RequestCode", phone=CUSTOMER)
    await run("update sign_in_code set expires_at = created_at")

    answer = await app.run("SignIn", phone=CUSTOMER, code=await code_of(), device="")
    assert answer["data"]["signIn"]["userErrors"][0]["code"] == "CODE_REJECTED"


async def test_codes_are_limited_per_number_also_in_parallel(app, town):
    asked = [app.run("RequestCode", phone=CUSTOMER) for _ in range(12)]
    answers = [a["data"]["requestSignInCode"] for a in await asyncio.gather(*asked)]

    refused = [a for a in answers if a["userErrors"]]
    assert len(answers) - len(refused) == identity.PER_PHONE_MAX
    assert {a["userErrors"][0]["code"] for a in refused} == {"TOO_MANY_CODES"}
    assert (
        await value("select count(*) from message where kind = 'SIGN_IN_CODE'")
        == identity.PER_PHONE_MAX
    )


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


async def test_the_first_two_processes_make_one_key(app):
    await run("delete from signing_key")
    made = [(f"k{n}", "pem") for n in range(5)]
    keys = await asyncio.gather(
        *(identity.signing_keys(wall=runtime_clock.wall(), make=lambda m=m: m) for m in made)
    )
    assert len({tuple(k) for k in keys}) == 1


async def test_keys_are_published(app):
    answer = await app.http.get("/.well-known/jwks.json")
    assert answer.json() == app.keys.jwks()
