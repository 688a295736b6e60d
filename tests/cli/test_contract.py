"""`feikong contract`: what an account holds and has contracted, said by an operator."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import environment, feikong

from domain import identity
from runtime.database import close_database, open_database
from tests import seed

CLERK = "13900000001"


@pytest.fixture
def house(place: Path, database_url: str, redis_url: str) -> tuple[dict[str, str], str]:
    """Give the environment of a house with an operator, and the number of an account."""

    async def fill() -> str:
        await open_database(database_url)
        now = datetime(2026, 3, 1, tzinfo=UTC)
        await identity.enrol(CLERK, name="Li", role="OPERATOR")
        one = await seed.home(await seed.district(now=now), now=now)
        await close_database()
        return one.number

    number = asyncio.run(fill())
    return environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}, number


def test_an_operator_entitles_an_account_and_says_what_it_contracted(house) -> None:
    env, number = house

    def ran(*said: str) -> tuple[int, str, str]:
        done = feikong("contract", *said, env=env)
        return done.returncode, done.stdout, done.stderr

    household = ("entitle", number, "household", "--since", "2026-03-01", "--by", CLERK)
    assert ran(*household, "--count", "5")[0] == 0
    code, _, stderr = ran(*household)
    assert (code, stderr.splitlines()[0][:29]) == (1, "feikong: ENTITLEMENT_OVERLAP:")
    assert "already" in stderr.splitlines()[1]
    assert ran("end", number, "household", "--until", "2028-03-01", "--by", CLERK)[0] == 0
    stated = ("state", number, "--since", "2026-03-01", "--by", CLERK)
    assert ran(*stated, "--kva", "630", "--kw", "400.5")[0] == 0
    assert ran(*stated, "--kva", "-1")[0] == 2
    assert ran("entitle", number, "x", "--since", "2026-03-01", "--by", "1")[0] == 1
    assert ran("show", "none")[0] == 1
    assert ran("show", number)[1] == (
        "household 5, from 2026-03-01 until 2028-03-01\n"
        "from 2026-03-01: capacity 630 kVA, declared demand 400.5 kW\n"
    )
