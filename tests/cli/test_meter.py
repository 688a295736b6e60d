"""`feikong meter`: a meter is exchanged, its transformers are changed, said by an operator."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from command import environment, feikong

from cli._meter import _further
from domain import identity, metering
from domain.base import row, rows
from domain.metering import FurtherShown
from runtime.database import close_database, open_database
from tests import seed

CLERK = "13900000001"
OPENED = datetime(2026, 3, 1, tzinfo=UTC)


def test_an_operator_exchanges_a_meter_with_what_flowed_back_and_reactive_energy(
    place: Path, database_url: str, redis_url: str
) -> None:
    async def fill() -> tuple[int, str]:
        await open_database(database_url)
        await identity.enrol(CLERK, name="Li", role="OPERATOR")
        one = await seed.home(await seed.district(now=OPENED), now=OPENED)
        none = metering.FurtherReading(one.meter_id, OPENED, 0, 0, 0, (0, 0, 0, 0, 0))
        await metering.record_further([none], now=OPENED)
        await close_database()
        return one.account_id, one.serial

    async def counted(account_id: int) -> tuple[int, metering.FurtherUse, int]:
        await open_database(database_url)
        at = (await row("select unbilled_wh from account_position")) or {}
        until = datetime(2100, 1, 1, tzinfo=UTC)
        used = await metering.further_used(account_id, since=OPENED, until=until)
        asked = [(account_id, OPENED, until, timedelta(minutes=15))]
        (service,) = (await metering.service_use(asked)).values()
        await close_database()
        return at["unbilled_wh"], used, service.demand_w

    env = environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    account_id, serial = asyncio.run(fill())

    def ran(*said: str) -> int:
        return feikong("meter", *said, "--by", CLERK, env=env).returncode

    new = ("--new", "NEW", "--rated-kw", "10", "--ct", "50/5")
    wrong = ("exchange", serial, *new, "--removal", "1,2")
    assert ran(*wrong) == 2
    assert ran("exchange", "nobody", *new, "--removal", "4") == 1
    first = ("--removal-export", "3,0,1,0,2,0", "--opening-export", "7,0,7,0,0,0")
    reactive = ("--removal-reactive", "5,1", "--opening-reactive", "1,0")
    reactive += ("--removal-demand", "3.5@2026-03-20T10:15+08:00")
    assert ran("exchange", serial, *new, "--removal", "4,0,4,0,0,0", *first, *reactive) == 0
    shown = ("--shown", "0", "--export", "7,0,7,0,0,0", "--reactive", "1,0")
    assert ran("ratio", "NEW", "--ct", "100/5", *shown) == 0
    unbilled_wh, used, demand_w = asyncio.run(counted(account_id))
    assert demand_w == 3_500
    assert unbilled_wh == 4_000
    assert used == metering.FurtherUse(3_000, 5_000, 1_000, (0, 1_000, 0, 2_000, 0))


def test_an_operator_says_what_somebody_read(
    place: Path, database_url: str, redis_url: str
) -> None:
    async def fill() -> str:
        await open_database(database_url)
        await identity.enrol(CLERK, name="Li", role="OPERATOR")
        one = await seed.home(await seed.district(now=OPENED), now=OPENED)
        await close_database()
        return one.serial

    async def stored() -> tuple[object, ...]:
        await open_database(database_url)
        read = await rows("select measured_at, total_wh from reading order by measured_at")
        told = await rows("select import_varh, demand_w, demand_at from further_reading")
        noted = await rows("select action from audit_entry where action = 'READ_BY_HAND'")
        await close_database()
        return [(each["measured_at"], each["total_wh"]) for each in read], told, len(noted)

    env = environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    serial = asyncio.run(fill())

    def ran(*said: str) -> int:
        return feikong("meter", "read", serial, *said, "--by", CLERK, env=env).returncode

    at, reached = "2026-04-01T00:00+08:00", "2026-03-20T10:15+08:00"
    shown = ("--shown", "4,0,4,0,0,0", "--reactive", "5,1", "--demand", f"3.5@{reached}")
    assert ran(*shown, "--at", at) == 0
    assert ran("--shown", "3,0,3,0,0,0") == 1, "it would run backwards"
    assert asyncio.run(stored()) == (
        [(OPENED, 0), (datetime.fromisoformat(at), 4_000)],
        [
            {
                "import_varh": 5_000,
                "demand_w": 3_500,
                "demand_at": datetime.fromisoformat(reached),
            }
        ],
        1,
    )


@pytest.mark.parametrize(
    ("export", "reactive", "shown"),
    [
        ("", "", None),
        ("1.5", "", FurtherShown(1_500)),
        ("3,0,1,0,2,0", "", FurtherShown(3_000, None, None, (0, 1_000, 0, 2_000, 0))),
        ("", "2,0.5", FurtherShown(None, 2_000, 500)),
    ],
)
def test_what_further_registers_show_is_said_in_kwh(export, reactive, shown):
    assert _further(export, reactive) == shown


@pytest.mark.parametrize(("export", "reactive"), [("1,2", ""), ("x", ""), ("", "1"), ("", "1,2,3")])
def test_what_is_no_read_is_refused(export, reactive):
    with pytest.raises(typer.BadParameter):
        _further(export, reactive)


@pytest.mark.parametrize(
    "demand", ["3", "x@2026-03-20T10:15+08:00", "3@2026-03-20T10:15", "3@noon"]
)
def test_what_is_no_demand_is_refused(demand):
    with pytest.raises(typer.BadParameter):
        _further("", "", demand)
