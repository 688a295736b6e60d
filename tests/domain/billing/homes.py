"""Homes with a meter that is read when a test says so, billed at the end of their months."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain import accrual, billing, metering, tariff
from domain.base import rows
from domain.metering import Reading
from tests import seed

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENED = datetime(2025, 12, 31, 16, tzinfo=UTC)
"""Midnight of New Year in Shanghai."""


def at(day: str | date, hour: int = 0) -> datetime:
    """Return an hour of a day in Shanghai."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(found, time(hour), SHANGHAI).astimezone(UTC)


def document(code: str, *charges: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a small tariff document."""
    return {
        "format": "feikong-tariff/1",
        "code": code,
        "version": "1",
        "name": code,
        "customer": "residential",
        "valid_from": "2020-01-01",
        "currency": {"code": "CNY", "digits": 2},
        "source": {"title": "test", "date": "2026-01-01"},
        "rounding": {"line": {"step": "0.01", "mode": "half_up"}},
        "charges": [{"line": charge["kind"], **charge} for charge in charges],
        **changes,
    }


def tiers(months: int, limits: list[str], prices: list[str]) -> dict[str, Any]:
    return {
        "kind": "tiers",
        "cycle": {"months": months},
        "limits": [{"kwh": limits}],
        "prices": prices,
    }


@dataclass
class Home:
    """A home whose use is said in peak and valley Wh."""

    seeded: seed.Home

    @property
    def account_id(self) -> int:
        return self.seeded.account_id

    def reading(self, when: datetime, *, peak_wh: int, valley_wh: int = 0) -> Reading:
        """Return the reading of registers that stand so far."""
        self.seeded.n += 1
        periods = (0, peak_wh, 0, valley_wh, 0)
        return Reading(self.seeded.meter_id, self.seeded.n, when, peak_wh + valley_wh, periods)

    async def read(self, when: datetime, *, peak_wh: int, valley_wh: int = 0) -> None:
        await record([self.reading(when, peak_wh=peak_wh, valley_wh=valley_wh)], now=when)

    async def position(self) -> dict[str, Any]:
        return (
            await rows("select * from account_position where account_id = $1", self.account_id)
        )[0]

    async def bills(self) -> list[dict[str, Any]]:
        return await rows("select * from bill where account_id = $1 order by id", self.account_id)

    async def lines(self, bill_id: int) -> list[dict[str, Any]]:
        return await rows(
            "select * from bill_line where account_id = $1 and bill_id = $2 order by n",
            self.account_id,
            bill_id,
        )


async def record(readings: Iterable[Reading], *, now: datetime) -> None:
    """Take readings in and let the house compute what follows."""
    found = await metering.record(list(readings), now=now)
    assert set(found) <= {"ACCEPTED"}, found
    while (await accrual.accrue_changed(limit=1_000, now=now)).accounts:
        pass


async def home(
    district_id: int, *, code: str = seed.TARIFF, now: datetime = OPENED, fen: int = 0
) -> Home:
    return Home(await seed.home(district_id, now=now, tariff=code, opening_fen=fen))


async def publish(*documents: dict[str, Any], now: datetime = OPENED) -> None:
    for each in documents:
        await tariff.publish(each, now=now)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)


async def bill(day: str, *, hour: int = 1, **changes: Any) -> billing.Progress:
    return await billing.run_bills(now=at(day, hour), **changes)


EASY = billing.Checks(spike_times=1_000)
"""Checks that mind no spike."""

__all__ = [
    "EASY",
    "OPENED",
    "Home",
    "at",
    "bill",
    "document",
    "home",
    "publish",
    "replace",
    "tiers",
]
