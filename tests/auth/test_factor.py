"""What staff prove themselves by."""

import asyncio
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from auth import (
    PasswordUnfit,
    SignInBusy,
    new_recovery_codes,
    new_secret_code,
    password_hash,
    password_matches,
    spaced,
    totp_step,
    totp_uri,
    typed,
)

WALL = datetime(2026, 3, 2, 2, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_code_is_good_in_its_half_minute_and_one_beside_it():
    code = pyotp.TOTP(SECRET).at(WALL)
    step = int(WALL.timestamp()) // 30
    for off in (-30, 0, 30):
        assert totp_step(code, SECRET, wall=WALL + timedelta(seconds=off)) == step
    for off in (-60, 60):
        assert totp_step(code, SECRET, wall=WALL + timedelta(seconds=off)) is None


@pytest.mark.parametrize(
    "code", ["", "0", "00000a", "１２３４５６", "123 456", "\ud800", "1" * 200]
)
def test_what_is_no_code_is_none(code):
    assert totp_step(code, SECRET, wall=WALL) is None


def test_the_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime.fromtimestamp(1111111109, UTC)
    assert totp_step("081804", secret, wall=at) == 1111111109 // 30


def test_an_authenticator_reads_the_address():
    uri = totp_uri(SECRET, name="13700000001", issuer="feikong")
    assert pyotp.parse_uri(uri).secret == SECRET
    assert uri.startswith("otpauth://totp/feikong:13700000001?")


def test_a_code_is_understood_as_people_type_it():
    code = new_secret_code()
    assert typed(spaced(code).lower()) == code
    assert typed("O1-il") == "0111"
    assert len({*new_recovery_codes()}) == 8


async def test_a_password_matches_itself_only():
    stored = await password_hash("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await password_matches("correct horse battery", stored)
    assert not await password_matches("correct horse batterz", stored)
    assert not await password_matches("correct horse battery", None)
    assert not await password_matches("correct horse battery", "no hash")


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 201])
async def test_a_password_has_a_length(password):
    with pytest.raises(PasswordUnfit):
        await password_hash(password)


async def test_the_loop_goes_on_while_passwords_are_checked_and_their_number_is_bounded():
    stored = await password_hash("correct horse battery")
    ticks, working = 0, True

    async def tick():
        nonlocal ticks
        while working:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    asked = [password_matches("correct horse battery", stored) for _ in range(40)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    working = False
    await ticking

    refused = [a for a in answers if isinstance(a, SignInBusy)]
    assert 40 - 22 <= len(refused) <= 40 - 20
    assert all(a is True for a in answers if a not in refused)
    assert ticks > len(answers)
