"""Real homes with real gaps, and a real year over the limits of annual tiers."""

import csv
import gzip
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from domain import billing
from domain.base import Actor, rows, value

from .crowd import OPENED, charged, crowd
from .homes import EASY, record

_DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
_GAPS, _YEAR = _DATA / "sgsc_hh_dev.csv.gz", _DATA / "citylearn_h_dev.csv.gz"
TARIFFS = ("zhejiang-residential-tou", "guangdong-residential", "uk-domestic-standing-charge")
DAYS = 100
CLERK = Actor("OPERATOR", 1)
FIRST_DAY = date(2026, 3, 2)

Standing = tuple[int, int]
"""Registers of a home in Wh: by day from 8 to 22 o'clock, and by night."""


def by_day(path: Path) -> dict[str, dict[date, Standing]]:
    """Return what each home used by day and by night, on the days of which nothing is missing."""
    found: dict[str, dict[date, Standing]] = {}
    with gzip.open(path, "rt") as file:
        next(file)
        for (home, day), rows_of in groupby(csv.reader(file), lambda row: (row[0], row[1][:10])):
            peak = valley = count = 0
            for _, start, energy, *_ in rows_of:
                count += 1
                if "08" <= start[11:13] < "22":
                    peak += int(energy)
                else:
                    valley += int(energy)
            if count in {24, 48}:
                found.setdefault(home, {})[date.fromisoformat(day)] = (peak, valley)
    return found


def window(days: dict[date, Standing]) -> list[Standing | None]:
    """Return the registers on 100 days around the longest gap; None where nothing is known.

    The last day is the first known one after those.
    """
    known = sorted(days)
    gap = max(((b - a).days, a) for a, b in pairwise(known))[1]
    latest = known[-1] - timedelta(days=DAYS)
    first = max(known[0], min(latest, gap - timedelta(days=45)))
    peak = valley = 0
    found: list[Standing | None] = []
    for k in range(2 * DAYS):
        used = days.get(first + timedelta(days=k))
        if used is not None:
            peak, valley = peak + used[0], valley + used[1]
        found.append(None if used is None else (peak, valley))
        if k >= DAYS and used is not None:
            return found
    raise AssertionError("the data end in a gap")


def midnight(day: int) -> datetime:
    return OPENED + timedelta(days=day + 1)


@pytest.mark.skipif(not _GAPS.exists(), reason=f"the homes with gaps are not here: {_GAPS}")
async def test_homes_with_real_gaps_pay_for_what_their_registers_moved(database):
    """No reading at a month's end is estimated or waited for; the energy is that of the registers.

    Where the gap ends, the register says what was used in it: nothing is lost, nothing twice.
    """
    homes = [window(days) for days in by_day(_GAPS).values()]
    longest = [max(len(list(run)) for gap, run in groupby(h, lambda s: s is None) if gap)
               for h in homes if None in h]  # fmt: skip
    assert len(homes) == 5
    assert max(longest) >= 19, "the data have a gap of weeks"
    members = await crowd(len(homes) * len(TARIFFS), TARIFFS)
    for k, one in enumerate(members):
        standing = enumerate(homes[k // len(TARIFFS)])
        readings = [one.reading(n, midnight(n), *each) for n, each in standing if each]
        await record(readings, now=midnight(DAYS + 15))
    end = midnight(DAYS + 15)
    await billing.run_bills(now=end, checks=EASY)
    held = await rows("select id, reasons from bill where state = 'HELD'")
    assert [each["reasons"] for each in held] == [["ZERO"]] * len(TARIFFS), "a month of real zeros"
    for each in held:
        await billing.release(each["id"], actor=CLERK, why="nobody lived there", now=end)
    await billing.run_bills(now=end, checks=EASY)
    now = await charged()
    for k, one in enumerate(members):
        last = next(each for each in reversed(homes[k // len(TARIFFS)]) if each)
        assert now[one.id][1] == sum(last)
    assert await value("select count(*) from bill where state <> 'ISSUED'") == 0
    assert await value("select count(*) from bill where estimated") > 0, (
        "gaps lie over months' ends"
    )
    months = await rows(
        """select account_id, sum(energy_wh)::bigint as wh, count(*) as n from bill group by 1"""
    )
    assert {each["n"] for each in months} == {3}


@pytest.mark.skipif(not _YEAR.exists(), reason=f"the homes of a year are not here: {_YEAR}")
async def test_a_real_year_crosses_the_annual_tiers_and_begins_anew(database):
    """Ten buildings from March to February: by hand, month by month, through 2760 and 4800 kWh."""
    homes = list(by_day(_YEAR).values())
    members = await crowd(len(homes), TARIFFS[:1])
    firsts = [date(2026, m, 1) for m in range(4, 13)] + [date(2027, m, 1) for m in (1, 2, 3)]
    found: dict[int, list[tuple[date, Standing]]] = {}
    for one, days in zip(members, homes, strict=True):
        peak = valley = 0
        used = [days[day] for day in sorted(days)]
        for k, each in enumerate(used[: (firsts[-1] - FIRST_DAY).days]):
            peak, valley = peak + each[0], valley + each[1]
            if (FIRST_DAY + timedelta(days=k + 1)).day == 1:
                day = FIRST_DAY + timedelta(days=k + 1)
                found.setdefault(one.id, []).append((day, (peak, valley)))
    for n, first in enumerate(firsts):
        at = OPENED + (first - FIRST_DAY)
        await record([one.reading(n, at, *found[one.id][n][1]) for one in members], now=at)
        await billing.run_bills(now=at + timedelta(days=1), checks=EASY)
    bills = await rows(
        """select account_id, until, total_fen from bill where state = 'ISSUED'
           order by account_id, until"""
    )
    reached = set()
    expected = []
    for one in members:
        before, tiered = (0, 0), 0
        for day, standing in found[one.id]:
            if day == date(2027, 2, 1):
                tiered = 0
            peak, valley = standing[0] - before[0], standing[1] - before[1]
            fen, tiered = by_hand(peak, valley, tiered)
            reached.add(tier(tiered))
            expected.append({"account_id": one.id, "until": day, "total_fen": fen})
            before = standing
    assert bills == expected
    assert reached == {1, 2, 3}


def by_hand(peak_wh: int, valley_wh: int, before_wh: int) -> tuple[int, int]:
    """Return fen by 0.568 / 0.288 and 0.05 / 0.30 above 2760 and 4800 kWh, and the year's Wh."""
    after = before_wh + peak_wh + valley_wh
    in_third = max(0, after - max(before_wh, 4_800_000))
    in_second = max(0, min(after, 4_800_000) - max(before_wh, 2_760_000))
    products = (peak_wh * 568, valley_wh * 288, in_second * 50, in_third * 300)
    return sum((each + 5_000) // 10_000 for each in products), after


def tier(wh: int) -> int:
    return 1 + (wh > 2_760_000) + (wh > 4_800_000)
