"""`feikong bill` and `feikong rate` on a house of their own."""

import asyncio
import json
from pathlib import Path

import pytest
from command import environment, feikong

from runtime.database import close_database, open_database
from tests import seed
from tests.domain.billing.homes import OPENED, at, home


@pytest.fixture
def house(place: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Give the environment of a house in which one home has used 150 kWh a month since 2026."""

    async def fill() -> None:
        await open_database(database_url)
        one = await home(await seed.district(now=OPENED), fen=10_000)
        for month in (1, 2, 3):
            read = at(f"2026-{month + 1:02}-01")
            await one.read(read, peak_wh=100_000 * month, valley_wh=50_000 * month)
        await close_database()

    asyncio.run(fill())
    return environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


def test_a_run_a_bill_on_paper_and_the_same_again(house: dict[str, str], place: Path) -> None:
    ran = feikong("bill", "run", "--district", "D1", "--json", env=house)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["issued"] >= 3
    paper = place / "bill.pdf"
    shown = feikong("bill", "show", "1", "--json", "--pdf", str(paper), env=house)
    data = json.loads(shown.stdout)
    assert (data["total"], data["first_day"]) == ("71.20", "2026-01-01")
    assert (paper.read_bytes()[:5], shown.stderr) == (b"%PDF-", "")
    again = feikong("rate", "1", env=house)
    assert (again.returncode, "the same to the fen: 71.20 CNY" in again.stdout) == (0, True)
    days = ("--since", "2026-02-01", "--until", "2026-03-01")
    account = data["account"]
    asked = feikong("rate", "--account", account, "--tariff", seed.TARIFF, *days, env=house)
    assert asked.stdout.splitlines()[-1] == "150.000 kWh, 71.20 CNY"
    unknown = feikong("rate", "--account", account, "--tariff", "nix", *days, env=house)
    assert unknown.stderr.splitlines()[0] == "feikong: NO_TARIFF: tariff nix"
    nowhere = str(place / "nowhere" / "bill.pdf")
    unwritten = feikong("bill", "show", "1", "--pdf", nowhere, env=house)
    assert unwritten.stderr == f"feikong: {nowhere} cannot be written: No such file or directory\n"
    corrected = ("--since", "2026-01-01", "--why", "looked again")
    done = feikong("bill", "correct", account, *corrected, env=house)
    refused = (
        "feikong: HELD_BILL_FIRST: bill_id 4\n"
        "  A bill of the account is held: release or cancel it before others are corrected.\n"
    )
    assert (done.returncode, done.stderr) == (1, refused)
    held = feikong("bill", "held", env=house)
    assert all(word in held.stdout for word in ("│ 4 ", account, "2026-04-01", "ZERO")), held.stdout
    assert feikong("bill", "cancel", "4", "--why", "silent", env=house).stdout == "CANCELLED\n"
    done = feikong("bill", "correct", account, *corrected, env=house)
    assert done.stdout == "difference 0 fen\n"


def test_a_refusal_is_one_line_and_one_that_explains(house: dict[str, str]) -> None:
    said = feikong("bill", "show", "999", env=house)
    assert (said.returncode, said.stderr) == (
        1,
        "feikong: UNKNOWN_BILL: bill_id 999\n  There is no such bill.\n",
    )
    said = feikong("bill", "run", "--district", "nowhere", env=house)
    assert (said.returncode, said.stderr) == (
        1,
        "feikong: UNKNOWN_DISTRICT: district nowhere\n  No district has this code.\n",
    )
    assert feikong("rate", env=house).returncode == 2
    said = feikong("bill", "held", env=house | {"DATABASE_URL": house["DATABASE_URL"] + "_none"})
    missing = "feikong: the database does not exist yet: run feikong migrate\n"
    assert (said.returncode, said.stderr) == (2, missing)
