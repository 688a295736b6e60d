"""`feikong staff` and `feikong keys` on a house of their own, and what the doctor says of it."""

import asyncio
import re
from functools import partial
from pathlib import Path

import pytest
from command import environment, feikong
from typer.testing import CliRunner

from auth import token_hash, typed
from cli._keys import keys
from cli._staff import staff
from domain import identity, payment
from domain.base import rows, value
from domain.identity import Shown
from runtime import clock
from runtime import settings as runtime_settings
from runtime.database import close_database, open_database

PHONE = "13700000009"
SHARED = "what the bank and this house know"


@pytest.fixture
def house(place: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Give the environment of an empty house."""
    return environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


def looked(house, question):
    """Ask the house's database."""

    async def look():
        await open_database(house["DATABASE_URL"])
        try:
            return await question()
        finally:
            await close_database()

    return asyncio.run(look())


@pytest.fixture
def run(house: dict[str, str]):
    """Run a command in this process: there are many, and each start takes a second."""
    urls = {"database_url": house["DATABASE_URL"], "redis_url": house["REDIS_URL"]}
    runtime_settings.use(runtime_settings.load({"profile": "test", **urls}))
    runner = CliRunner()
    return lambda part, *arguments, **given: runner.invoke(part, arguments, **given)


def test_staff_are_told_things_in_the_language_of_the_deployment(house, run) -> None:
    given = runtime_settings.settings()
    for phone, locale in (("13700000008", "en"), (PHONE, "zh-CN")):
        runtime_settings.use(given.model_copy(update={"locale": locale}))
        assert run(staff, "add", phone, "--role", "OPERATOR", "--name", "Li").exit_code == 0

    async def told():
        return {each["phone"]: each["locale"] for each in await rows("select * from person")}

    assert looked(house, told) == {"13700000008": "en", PHONE: "zh-CN"}


def test_somebody_is_added_given_a_password_and_retired(house, run) -> None:
    adding = ("add", PHONE, "--role", "OPERATOR", "--name", "Li")
    added = run(staff, *adding)
    assert added.exit_code == 0, added.output
    code = re.search(r"invitation ([0-9A-Z-]+)", added.stdout).group(1)
    again = run(staff, *adding)
    assert (again.exit_code, again.stderr) == (
        1,
        "feikong: PHONE_TAKEN\n  Somebody has this phone already.\n",
    )
    spaced = run(staff, "add", "137 0000-0009", *adding[2:])
    assert "PHONE_TAKEN" in spaced.stderr
    unfit = run(staff, "add", "1370", *adding[2:])
    assert (unfit.exit_code, unfit.stderr.split()[:2]) == (1, ["feikong:", "PHONE_INVALID"])
    assert looked(house, lambda: value("select count(*) from person")) == 1

    stored = looked(house, lambda: rows("select code_hash, kind from invitation"))
    assert stored == [{"code_hash": token_hash(typed(code)), "kind": "SET_UP"}]

    short = run(staff, "password", PHONE, input="short\n" * 2)
    assert short.stderr.startswith("feikong: PASSWORD_UNFIT\n")
    done = run(staff, "password", PHONE, input="correct horse battery\n" * 2)
    assert done.exit_code == 0
    assert "horse" not in done.output
    assert run(staff, "reset-factor", PHONE).exit_code == 0
    assert run(staff, "retire", PHONE).exit_code == 0
    gone = run(staff, "invite", PHONE)
    assert gone.stderr.startswith("feikong: STAFF_UNKNOWN\n  No active")
    assert PHONE in run(staff, "list").stdout
    actions = looked(house, lambda: rows("select actor, action from audit_entry order by id"))
    assert {each["actor"] for each in actions} == {"SYSTEM:cli"}
    assert [each["action"] for each in actions] == [
        "ADD_STAFF",
        "INVITE_SET_UP",
        "SET_PASSWORD",
        "RESET_FACTOR",
        "INVITE_SET_UP",
        "RETIRE_STAFF",
    ]


def test_a_tablet_is_invited_listed_and_kept_out(house, run) -> None:
    run(staff, "add", PHONE, "--role", "INSPECTOR", "--name", "Li")
    code = re.search(r"invitation (\S+)", run(staff, "tablet", "invite", PHONE).stdout).group(1)

    async def enrol():
        return await identity.enrol_device(
            PHONE, code_hash=token_hash(typed(code)), shown=Shown("t", "T1"), wall=clock.wall()
        )

    number = looked(house, enrol)
    assert "T1" in run(staff, "tablet", "list").stdout
    assert run(staff, "tablet", "revoke", str(number)).exit_code == 0
    assert run(staff, "tablet", "revoke", "999").stderr.startswith("feikong: DEVICE_UNKNOWN\n")
    revoked = "select count(*) from device where revoked_at is not null"
    assert looked(house, lambda: value(revoked)) == 1


def test_keys_are_rotated_and_listed(house, run) -> None:
    assert run(keys, "list").exit_code == 0
    kid = re.search(r"key (\S+) signs in 60 seconds", run(keys, "rotate").stdout).group(1)
    assert kid in run(keys, "list").stdout
    count = "select count(*) from signing_key where retired_at > now()"
    assert looked(house, lambda: value(count)) == 1


def test_what_is_kept_secret_is_sealed_anew_under_the_first_key(house) -> None:
    """Set a key, then another one in front of it, then leave the first one out."""
    first, second = ("A" * 43 + "=", "B" * 42 + "A=")
    assert feikong("keys", "list", env=house).returncode == 0
    for algorithm in ("hmac-sha256", "ed25519"):
        looked(
            house,
            partial(
                payment.open_channel,
                algorithm,
                name="Bank",
                algorithm=algorithm,
                key_id=algorithm,
                key=SHARED,
            ),
        )
    kept = "select private_pem || (select string_agg(key, ' ' order by id) from channel)"
    kept += " from signing_key"
    before = looked(house, lambda: value(kept))
    assert "PRIVATE KEY" in before
    assert "2 secrets are kept as they are" in feikong("doctor", env=house).stdout
    said = feikong("doctor", env=house | {"FEIKONG_SECRETS_KEY": first}).stdout
    assert "PROBLEM 2 of 2 secrets are kept unsealed: run feikong keys seal" in said
    for given in (first, f"{second} {first}"):
        env = house | {"FEIKONG_SECRETS_KEY": given}
        assert feikong("keys", "seal", env=env).stdout == "2 secrets are kept anew\n"
        now = looked(house, lambda: value(kept))
        assert (now.count("sealed:"), now.startswith("sealed:")) == (2, True)
        assert now.endswith(f" {SHARED}")  # which is public
        assert now.count(SHARED) == 1
        assert "OK      0 of 2 secrets are kept unsealed\n" in feikong("doctor", env=env).stdout
    left = looked(house, lambda: value(kept))
    refused = feikong("keys", "seal", env=house | {"FEIKONG_SECRETS_KEY": first})
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "FEIKONG_SECRETS_KEY" in refused.stderr
    assert looked(house, lambda: value(kept)) == left
    lost = feikong("doctor", env=house | {"FEIKONG_SECRETS_KEY": first}).stdout
    assert "PROBLEM 2 secrets are opened by none of the keys: put the one" in lost
    alone = feikong("keys", "seal", env=house | {"FEIKONG_SECRETS_KEY": second})
    assert alone.returncode == 0
    actions = "select count(*) from audit_entry where action = 'RESEAL'"
    assert looked(house, lambda: value(actions)) == 2 * 3


def test_the_doctor_finds_sessions_of_the_demo_in_production(house: dict[str, str]) -> None:
    async def play():
        await identity.enrol(PHONE, role="OPERATOR")
        person = await identity.person_by_phone(PHONE)
        wall = clock.wall()
        await identity.open_play_session(
            person, token_hash="x", wall=wall, life=clock.wall() - wall
        )

    looked(house, play)
    strict = house | {
        "FEIKONG_PROFILE": "production",
        "FEIKONG_PLAIN_COAP": "false",
        "FEIKONG_SECRETS_KEY": "A" * 43 + "=",
    }
    said = feikong("doctor", env=strict).stdout
    assert "PROBLEM 1 open sessions of the demo" in said
    assert "1 open sessions" in feikong("doctor", env=house).stdout
