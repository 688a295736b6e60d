"""Three hundred real homes over 92 days: what is charged is what their meters counted."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest

from domain import tariff
from domain.base import rows
from domain.metering import Reading
from tests import seed

from .homes import EASY, Home, at, bill, home, record

_FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "edrp_hh_dev.csv.gz"
_MARCH = date(2026, 3, 1)
DAYS = 92
TARIFFS = (seed.TARIFF, "guangdong-residential", "uk-domestic-standing-charge")

Standing = tuple[int, int]
"""Registers of a home, in tenths of a Wh: by day from 8 to 22 o'clock, and by night."""


def standings() -> Iterator[list[Standing]]:
    """Yield the registers of one home after another, at the end of each of its days.

    The days of 2009 are moved to 2026, in which our tariffs hold.
    """
    with gzip.open(_FILE, "rt") as file:
        for _, half_hours in groupby(csv.reader(_without_head(file)), itemgetter(0)):
            peak = valley = 0
            found: list[Standing] = []
            for k, (_, start, energy) in enumerate(half_hours, 1):
                if 8 <= datetime.fromisoformat(start).hour < 22:
                    peak += int(energy)
                else:
                    valley += int(energy)
                if k % 48 == 0:
                    found.append((peak, valley))
            yield found


def _without_head(file: Iterator[str]) -> Iterator[str]:
    next(file)
    return file


@pytest.fixture
async def homes(database) -> list[tuple[Home, str, list[Standing]]]:
    opened = at(_MARCH)
    district_id = await seed.district(now=opened)
    for code in TARIFFS[1:]:
        await tariff.publish(tariff.catalogued(code), now=opened)
    return [
        (await home(district_id, code=TARIFFS[k % 3], now=opened), TARIFFS[k % 3], standing)
        for k, standing in enumerate(standings())
    ]


def readings(
    homes: list[tuple[Home, str, list[Standing]]], day: int, when: datetime
) -> list[Reading]:
    return [
        one.reading(when, peak_wh=standing[day][0] // 10, valley_wh=standing[day][1] // 10)
        for one, _, standing in homes
    ]


async def charged() -> dict[int, int]:
    found = await rows("select account_id, billed_fen + unbilled_fen as fen from account_position")
    return {each["account_id"]: each["fen"] for each in found}


@pytest.mark.skipif(not _FILE.exists(), reason=f"the real homes are not here: {_FILE}")
async def test_charged_energy_is_register_end_less_start_and_days_add_up_to_bills(homes):
    grown: dict[int, int] = {one.account_id: 0 for one, _, _ in homes}
    before = dict(grown)
    for day in range(DAYS):
        morning = at(_MARCH + timedelta(days=day + 1))
        await record(readings(homes, day, morning), now=morning)
        now = await charged()
        for account_id, fen in now.items():
            grown[account_id] += fen - before[account_id]
        before = now
        if (_MARCH + timedelta(days=day + 1)).day == 1:
            done = await bill(str(morning.date() + timedelta(days=1)), checks=EASY)
            assert (done.issued, done.held) == (len(homes), 0)
            assert await charged() == now
    bills = {
        each["account_id"]: each
        for each in await rows(
            """select account_id, sum(energy_wh)::bigint as energy_wh, count(*) as bills,
                 sum(total_fen)::bigint as total_fen, bool_or(estimated) as estimated
               from bill where state = 'ISSUED' group by account_id"""
        )
    }
    for one, _, standing in homes:
        told = bills[one.account_id]
        peak, valley = standing[-1]
        assert told["energy_wh"] == peak // 10 + valley // 10
        assert told["total_fen"] == grown[one.account_id]
        assert (told["bills"], told["estimated"]) == (3, False)
    lines = await rows(
        """select count(*) as wrong from bill b where total_fen <> (
             select coalesce(sum(amount_fen), 0) from bill_line l
             where l.account_id = b.account_id and l.bill_id = b.id)"""
    )
    assert lines == [{"wrong": 0}]
