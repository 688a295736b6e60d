"""Meters that report by the hour, for the tests of this room."""

from datetime import datetime, timedelta
from typing import Any

from domain import charge_control, metering
from domain.base import rows, value
from domain.metering import Outcome, Reading
from tests.seed import Home

MONDAY = datetime.fromisoformat("2026-03-02T00:00+08:00")
DAY = timedelta(days=1)


def reading(home: Home, n: int, at: datetime, peak: int, **changes: Any) -> Reading:
    made = {"total_wh": peak, "periods_wh": (0, peak, 0, 0, 0)}
    return Reading(home.meter_id, n, at, **made | changes)


async def record(*readings: Reading, now: datetime) -> list[Outcome]:
    return await metering.record(readings, now=now)


async def register(home: Home) -> int:
    return await value("select total_wh from meter_register where meter_id = $1", home.meter_id)


async def totals(home: Home) -> list[int]:
    found = await rows(
        "select total_wh from reading where meter_id = $1 order by measured_at", home.meter_id
    )
    return [each["total_wh"] for each in found]


async def assess(now: datetime) -> None:
    while await charge_control.assess(limit=1000, now=now):
        pass


async def position(home: Home) -> dict[str, Any]:
    found = await rows("select * from account_position where account_id = $1", home.account_id)
    return found[0]
