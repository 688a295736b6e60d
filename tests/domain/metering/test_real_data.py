"""Homes as they were measured, with their real gaps: however readings arrive, the sum is the same.

The data may not travel with the project; without it these tests are skipped.
"""

import csv
import gzip
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain import metering
from domain.base import rows
from domain.metering import Outcome, Reading
from tests import seed
from tests.seed import Home

from .meters import DAY, MONDAY, assess, position

pytestmark = pytest.mark.usefixtures("database")
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SGSC = DATA / "sgsc_hh_dev.csv.gz"
EDRP = DATA / "edrp_hh_smoke.csv.gz"
ZONE = ZoneInfo("Asia/Shanghai")
HALF_HOUR = timedelta(minutes=30)
LATER = MONDAY + 60 * DAY
SPIKES_KWH = (1_000, 10_000, 100_000)

Interval = tuple[datetime, int]
"""When a half hour began, in local time, and its energy in Wh."""


def with_data(*files: Path) -> pytest.MarkDecorator:
    missing = [file.name for file in files if not file.exists()]
    return pytest.mark.skipif(bool(missing), reason=f"not in {DATA}: {', '.join(missing)}")


def homes_in(file: Path, column: str, per_wh: int) -> Iterator[list[Interval]]:
    with gzip.open(file, "rt") as text:
        for _, measured in groupby(csv.DictReader(text), key=itemgetter("household")):
            found = [(datetime.fromisoformat(r["start"]), int(r[column])) for r in measured]
            counts = [count // per_wh for count in accumulate(wh for _, wh in found)]
            used = [b - a for a, b in pairwise([0, *counts])]
            yield [(start, wh) for (start, _), wh in zip(found, used, strict=True)]


def around_longest_gap(home: Sequence[Interval], days: int) -> list[Interval]:
    _, gap = max((b - a, a) for (a, _), (b, _) in pairwise(home))
    begin = datetime.combine(gap.date(), datetime.min.time()) - timedelta(days=4)
    return [each for each in home if begin <= each[0] < begin + timedelta(days=days)]


def readings_of(home: Home, intervals: Sequence[Interval]) -> list[Reading]:
    """Let the meter begin on MONDAY, and count day and night apart."""
    moved = MONDAY - datetime.combine(intervals[0][0].date(), datetime.min.time()).replace(
        tzinfo=MONDAY.tzinfo
    )
    peak = valley = 0
    found = []
    for n, (start, wh) in enumerate(intervals, 1):
        if 8 <= start.hour < 22:
            peak += wh
        else:
            valley += wh
        at = start.replace(tzinfo=MONDAY.tzinfo) + moved + HALF_HOUR
        found.append(Reading(home.meter_id, n, at, peak + valley, (0, peak, 0, valley, 0)))
    return found


async def street(measured: Sequence[list[Interval]]) -> list[tuple[Home, list[Reading]]]:
    district_id = await seed.district(now=MONDAY)
    homes = [await seed.home(district_id, now=MONDAY) for _ in measured]
    return [(home, readings_of(home, each)) for home, each in zip(homes, measured, strict=True)]


async def record(readings: Sequence[Reading], size: int = 500) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for k in range(0, len(readings), size):
        outcomes += await metering.record(readings[k : k + size], now=LATER)
    return outcomes


async def kept() -> list[dict[str, Any]]:
    return await rows(
        """select meter_id, measured_at, total_wh, peak_wh, valley_wh from reading where n > 0
           order by meter_id, measured_at"""
    )


async def assert_charged(sent: Sequence[tuple[Home, list[Reading]]]) -> None:
    """Charged energy is register end less register start, for every account."""
    await assess(LATER)
    for home, readings in sent:
        stood = await position(home)
        assert stood["unbilled_wh"] == readings[-1].total_wh
        assert stood["as_of"] == readings[-1].measured_at
        assert stood["unbilled_fen"] > 0


def stored(sent: Sequence[tuple[Home, list[Reading]]]) -> list[tuple[int, datetime, int]]:
    return [(r.meter_id, r.measured_at, r.total_wh) for _, readings in sent for r in readings]


@pytest.fixture
def sgsc() -> list[list[Interval]]:
    return [around_longest_gap(home, 30) for home in homes_in(SGSC, "e_wh", 1)]


@with_data(SGSC)
async def test_readings_around_real_gaps_that_come_late_twice_and_shuffled_give_the_same(sgsc):
    sent = await street(sgsc)
    assert any(b - a > 10 * DAY for home in sgsc for (a, _), (b, _) in pairwise(home))
    chance = random.Random(4)
    every = [reading for _, readings in sent for reading in readings]
    twice = [*every, *chance.sample(every, len(every) // 5)]
    outcomes = await record(chance.sample(twice, len(twice)))
    assert outcomes.count(Outcome.ACCEPTED) == len(every)
    assert outcomes.count(Outcome.DUPLICATE) == len(twice) - len(every)
    found = [(r["meter_id"], r["measured_at"], r["total_wh"]) for r in await kept()]
    assert found == stored(sent)
    await assert_charged(sent)


@with_data(SGSC)
async def test_spikes_of_a_thousand_kwh_and_more_are_held_and_charge_nothing(sgsc):
    sent = await street([home[:400] for home in sgsc])
    every, spikes = [], 0
    for home, readings in sent:
        for before, reading in pairwise(readings):
            every.append(before)
            near = reading.measured_at - before.measured_at <= HALF_HOUR
            if near and reading.n % 97 == 0:
                wh = before.total_wh + SPIKES_KWH[spikes % 3] * 1000
                at = before.measured_at + HALF_HOUR / 2
                _, peak, _, valley, _ = before.periods_wh
                more = (0, wh - valley, 0, valley, 0)
                every.append(Reading(home.meter_id, 10_000 + reading.n, at, wh, more))
                assert peak < wh
                spikes += 1
        every.append(readings[-1])
    outcomes = await record(every)
    assert spikes >= len(sent)
    assert outcomes.count(Outcome.HELD) == spikes
    assert outcomes.count(Outcome.ACCEPTED) == len(every) - spikes
    found = await rows("select rule, count(*) as n from reading_exception group by rule")
    assert found == [{"rule": "JUMP", "n": spikes}]
    await assert_charged(sent)


@with_data(SGSC)
async def test_real_gaps_are_found_and_estimates_fill_them_without_changing_the_sum(sgsc):
    sent = await street(sgsc)
    await record([reading for _, readings in sent for reading in readings])
    meters = [home.meter_id for home, _ in sent]
    end = max(readings[-1].measured_at for _, readings in sent)
    await metering.examine(meters, since=MONDAY, until=end, now=LATER)
    gaps = [
        finding
        for home, _ in sent
        for finding in await metering.findings_of(home.account_id)
        if finding.rule == "GAP"
    ]
    wanted = [
        (a.meter_id, a.measured_at, b.measured_at)
        for _, readings in sent
        for a, b in pairwise(readings)
        if b.measured_at - a.measured_at > timedelta(hours=26)
    ]
    silent = [gap for gap in gaps if gap.until == end and gap.detail == {}]
    assert sorted((g.meter_id, g.since, g.until) for g in gaps if g not in silent) == wanted
    for meter_id, since, _ in wanted:
        await metering.estimate([meter_id], since + DAY, zone=ZONE, now=LATER)
    await assert_charged(sent)


@with_data(EDRP)
async def test_a_street_of_half_hours_charges_register_end_less_register_start(database):
    first_days = [home[: 48 * 7] for home in homes_in(EDRP, "e_dwh", 10)]
    sent = await street(first_days)
    every = sorted(
        (reading for _, readings in sent for reading in readings), key=lambda r: r.measured_at
    )
    assert set(await record(every, 2_000)) == {Outcome.ACCEPTED}
    await assert_charged(sent)
    home, readings = sent[0]
    curve = await metering.curve_of(
        home.account_id, since=MONDAY, until=MONDAY + DAY, step=timedelta(hours=1)
    )
    assert [point.at for point in curve] == [MONDAY + k * 2 * HALF_HOUR for k in range(24)]
    assert sum(point.energy_wh for point in curve) == readings[47].total_wh
    freezes = await metering.freezes_of(
        [each.meter_id for each, _ in sent], (MONDAY + DAY).date(), zone=ZONE
    )
    assert {k: f.registers[0] for k, f in freezes.items()} == {
        each.meter_id: theirs[47].total_wh for each, theirs in sent
    }
