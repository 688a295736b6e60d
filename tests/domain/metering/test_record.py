"""A reading is recorded once, whatever repeats it; what cannot be true is kept apart."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import Any

import pytest

from domain import metering
from domain.base import rows, unpacked, value
from domain.metering import Outcome, Reading
from tests import seed
from tests.seed import HOUR, Home

pytestmark = pytest.mark.usefixtures("database")
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")
NOON = MONDAY_10 + 2 * HOUR


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)


async def street(home: Home, more: int) -> list[Home]:
    district_id = await value("select district_id from account where id = $1", home.account_id)
    return [home, *[await seed.home(district_id, now=MONDAY_10) for _ in range(more)]]


def reading(home: Home, n: int, *, hour: float | None = None, **changes: Any) -> Reading:
    at = MONDAY_10 + (n if hour is None else hour) * HOUR
    peak = changes.pop("peak", n * 1_000)
    made = {"total_wh": peak, "periods_wh": (0, peak, 0, 0, 0), "measured_at": at}
    return Reading(home.meter_id, n, **made | changes)


async def record(*readings: Reading, now: datetime = NOON + 24 * HOUR) -> list[Outcome]:
    return await metering.record(readings, now=now)


async def held() -> list[tuple[str, list[int]]]:
    found = await rows("select rule, content from reading_exception order by id")
    return [(row["rule"], unpacked(row["content"])["registers_wh"]) for row in found]


async def kept() -> dict[str, Any]:
    """Return everything that a final state consists of."""
    return {
        "readings": await rows("select * from reading order by meter_id, measured_at"),
        "registers": await rows("select * from meter_register order by meter_id"),
        "exceptions": sorted(rule for rule, _ in await held()),
    }


async def test_the_same_reading_again_changes_nothing(home):
    assert await record(reading(home, 1)) == [Outcome.ACCEPTED]
    before = await kept()
    assert await record(reading(home, 1), reading(home, 1)) == [Outcome.DUPLICATE] * 2
    assert await kept() == before


async def test_the_same_reading_twice_in_one_group_is_stored_once(home):
    assert await record(reading(home, 1), reading(home, 1)) == [
        Outcome.ACCEPTED,
        Outcome.DUPLICATE,
    ]
    assert await value("select count(*) from reading where n > 0") == 1


async def test_an_uplink_number_that_says_something_else_is_kept_as_a_contradiction(home):
    await record(reading(home, 1))
    before = await kept()
    assert await record(reading(home, 1, hour=1.5, peak=1_200)) == [Outcome.CONFLICT]
    assert await held() == [("UPLINK_REUSED", [1200, 0, 1200, 0, 0, 0])]
    after = await kept()
    assert after["readings"] == before["readings"]
    assert after["registers"] == before["registers"]


async def test_an_instant_that_says_something_else_is_kept_as_a_contradiction(home):
    await record(reading(home, 1))
    assert await record(reading(home, 2, hour=1, peak=1_001)) == [Outcome.CONFLICT]
    assert [rule for rule, _ in await held()] == ["INSTANT_REUSED"]
    assert await value("select total_wh from meter_register") == 1_000


async def test_what_is_held_is_held_once_in_one_group_or_in_two(home):
    absurd = reading(home, 1, peak=10**9)
    assert await record(absurd, absurd) == [Outcome.HELD, Outcome.DUPLICATE]
    assert await record(absurd) == [Outcome.DUPLICATE]
    assert [rule for rule, _ in await held()] == ["JUMP"]


async def test_a_late_reading_takes_its_place_and_moves_no_register(home):
    await record(reading(home, 1), reading(home, 3))
    assert await record(reading(home, 2)) == [Outcome.ACCEPTED]
    assert await value("select total_wh from meter_register") == 3_000
    assert [r["n"] for r in await rows("select n from reading order by measured_at")] == [
        0,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("rule", "n", "changes"),
    [
        ("BACKWARDS", 5, {"peak": 1_999}),
        ("BACKWARDS", 5, {"total_wh": 3_000, "periods_wh": (0, 1_999, 1_001, 0, 0)}),
        ("JUMP", 5, {"peak": 2_000 + 3 * 24_000 + 11}),
        ("PERIODS", 5, {"total_wh": 3_000, "periods_wh": (0, 2_949, 0, 0, 0)}),
        ("CLOCK", 5, {"hour": 60}),
        ("CLOCK", 5, {"hour": -1, "peak": 0}),
        ("BACKWARDS", 5, {"hour": 1.5, "peak": 999}),
        ("BACKWARDS", 5, {"hour": 1.5, "peak": 2_001}),
    ],
)
async def test_what_cannot_be_true_is_held_with_the_rule_that_it_breaks(home, rule, n, changes):
    await record(reading(home, 1), reading(home, 2))
    before = await kept()
    assert await record(reading(home, n, **changes)) == [Outcome.HELD]
    assert [found for found, _ in await held()] == [rule]
    after = await kept()
    assert after["readings"] == before["readings"]
    assert after["registers"][0]["total_wh"] == 2_000


@pytest.mark.parametrize(
    "changes",
    [
        {"peak": 2_000 + 3 * 24_000 + 10},
        {"total_wh": 3_000, "periods_wh": (0, 2_950, 0, 0, 0)},
        {"peak": 2_000},
    ],
)
async def test_what_is_just_possible_is_accepted(home, changes):
    await record(reading(home, 1), reading(home, 2))
    assert await record(reading(home, 5, **changes)) == [Outcome.ACCEPTED]
    assert not await held()


async def test_inside_a_group_a_late_reading_is_measured_against_the_group(home):
    """The newest comes first; what is older and higher runs backwards all the same."""
    outcomes = await record(reading(home, 2, peak=1_000), reading(home, 1, peak=1_500))
    assert sorted(outcomes) == [Outcome.ACCEPTED, Outcome.HELD]
    assert [rule for rule, _ in await held()] == ["BACKWARDS"]


async def test_a_meter_clock_up_to_ten_minutes_ahead_is_believed(home):
    ten, more = timedelta(minutes=10), timedelta(minutes=10, seconds=1)
    assert await record(reading(home, 1, measured_at=NOON + ten), now=NOON) == [Outcome.ACCEPTED]
    assert await record(reading(home, 2, measured_at=NOON + more), now=NOON) == [Outcome.HELD]


async def test_a_meter_with_a_wrong_clock_makes_no_partition(home):
    before = await value("select count(*) from pg_inherits")
    wild = [
        reading(home, 1, measured_at=datetime(1970, 1, 1, tzinfo=UTC)),
        reading(home, 2, measured_at=datetime(2090, 1, 1, tzinfo=UTC)),
    ]
    assert await record(*wild) == [Outcome.HELD] * 2
    assert await value("select count(*) from pg_inherits") == before


async def test_readings_lie_in_the_partition_of_their_utc_day(home):
    days = [reading(home, n, hour=24 * n, peak=n) for n in (1, 2)]
    await record(*days, now=MONDAY_10 + 72 * HOUR)
    found = await rows(
        "select tableoid::regclass::text as part from reading where n > 0 order by n"
    )
    assert [row["part"] for row in found] == ["reading_20260303", "reading_20260304"]
    assert await metering.ensure_partitions({days[0].measured_at.date()}) == 0


async def test_only_accepted_readings_mark_their_account(home):
    await metering.take_changed(10)
    await record(reading(home, 1, peak=10**9))
    assert await metering.take_changed(10) is None
    await record(reading(home, 2, peak=10))
    assert list((await metering.take_changed(10)).ids) == [home.account_id]


async def test_ten_recorders_of_the_same_batch_store_each_once(home):
    neighbours = await street(home, 4)
    batch = [reading(each, n) for each in neighbours for n in range(1, 6)]
    shuffled = [random.Random(k).sample(batch, len(batch)) for k in range(10)]
    outcomes = await asyncio.gather(*starmap(record, shuffled))
    told = [outcome for group in outcomes for outcome in group]
    assert told.count(Outcome.ACCEPTED) == len(batch)
    assert told.count(Outcome.DUPLICATE) == 9 * len(batch)
    assert await value("select count(*) from reading where n > 0") == len(batch)
    assert await value("select min(total_wh) from meter_register") == 5_000


@pytest.mark.parametrize("shuffle", range(4))
async def test_readings_in_any_groups_and_any_order_leave_the_same_behind(home, shuffle):
    """What comes as a whole is looked at as a whole; what comes alone, alone."""
    chance, late = random.Random(shuffle), NOON + 72 * HOUR
    neighbours = (await street(home, 2))[1:]
    await record(*(reading(home, n, peak=700 * n) for n in range(1, 31)), now=late)
    rest = [reading(each, n, peak=700 * n) for each in neighbours for n in range(1, 31)]
    rest += chance.sample(rest, 15)
    chance.shuffle(rest)
    while rest:
        size = chance.choice((1, 1, 5, 40))
        outcomes = await record(*rest[:size], now=late)
        assert set(outcomes) <= {Outcome.ACCEPTED, Outcome.DUPLICATE}
        del rest[:size]
    last = await rows("select last_n, seen, measured_at, total_wh, peak_wh from meter_register")
    assert all(each == last[0] for each in last)
    stored = await rows(
        """select array_agg(row(measured_at, n, total_wh, peak_wh)::text order by measured_at)
           from reading group by meter_id"""
    )
    assert len(stored) == 3
    assert all(each == stored[0] for each in stored)


async def test_midnight_finds_many_recorders_and_makes_each_partition_once(home):
    neighbours = await street(home, 7)
    for day in range(1, 4):
        now = MONDAY_10 + 24 * day * HOUR
        groups = [
            [reading(each, hour, peak=hour) for hour in (24 * day - 1, 24 * day)]
            for each in neighbours
        ]
        outcomes = await asyncio.gather(*(record(*group, now=now) for group in groups))
        assert all(outcome is Outcome.ACCEPTED for group in outcomes for outcome in group)
