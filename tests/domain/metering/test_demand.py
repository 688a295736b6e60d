"""The highest demand: as the meter's own register tells, else as its readings make."""

from datetime import datetime, timedelta

import pytest

from domain import metering
from domain.base import Actor, rows, value
from domain.metering import FurtherReading, MaxDemand, Outcome, Reading, Resolution, ServiceUse
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY

pytestmark = pytest.mark.usefixtures("database")
NOW = MONDAY + 4 * DAY
QUARTER = timedelta(minutes=15)


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY), now=MONDAY, rated_w=10_000)


def telling(home: Home, at: datetime, w: int, reached: datetime) -> FurtherReading:
    return FurtherReading(home.meter_id, at, demand=MaxDemand(w, reached))


async def tell(*readings: FurtherReading) -> list[Outcome]:
    return await metering.record_further(readings, now=NOW)


async def demand_w(home: Home, since: datetime, until: datetime) -> int:
    asked = [(home.account_id, since, until, QUARTER)]
    return (await metering.service_use(asked))[home.account_id].demand_w


async def run_of(home: Home, start: datetime, *wh: int) -> None:
    """Let a quarter of an hour after the other be read, with these energies."""
    total = int(await value("select max(total_wh) from reading") or 0)
    for k, each in enumerate((0, *wh)):
        total, home.n = total + each, home.n + 1
        reading = Reading(home.meter_id, home.n, start + k * QUARTER, total, (0, total, 0, 0, 0))
        assert (await metering.record([reading], now=NOW))[0] is Outcome.ACCEPTED


async def test_what_the_meter_tells_goes_before_what_its_readings_make(home):
    """A window that slides finds 3.1 kW where fixed ones find 3.0, or 3.2 by a coarse register."""
    await run_of(home, MONDAY + HOUR, 750, 800)
    assert await demand_w(home, MONDAY, MONDAY + DAY) == 3_200
    at = MONDAY + HOUR + 20 * timedelta(minutes=1)
    assert await tell(telling(home, MONDAY + 2 * HOUR, 3_100, at)) == [Outcome.ACCEPTED]
    assert await demand_w(home, MONDAY, MONDAY + DAY) == 3_100
    await run_of(home, MONDAY + 3 * HOUR, 1_000)
    assert await demand_w(home, MONDAY, MONDAY + DAY) == 4_000, "the meter told before that"


async def test_a_demand_belongs_to_the_span_in_which_it_was_reached(home):
    early, late = MONDAY + HOUR, MONDAY + DAY + HOUR
    readings = [
        telling(home, MONDAY + DAY, 3_000, early),
        telling(home, MONDAY + DAY + 2 * HOUR, 3_000, early),
        telling(home, MONDAY + 2 * DAY, 3_500, late),
    ]
    assert await tell(*readings, readings[0]) == [Outcome.ACCEPTED] * 3 + [Outcome.DUPLICATE]
    assert await demand_w(home, MONDAY, MONDAY + DAY) == 3_000
    assert await demand_w(home, MONDAY + DAY, MONDAY + 2 * DAY) == 3_500
    assert await demand_w(home, MONDAY, MONDAY + 2 * DAY) == 3_500
    assert await demand_w(home, MONDAY + 2 * DAY, MONDAY + 3 * DAY) == 0


async def test_a_demand_counts_by_the_ratio_of_its_time(home):
    changed = MONDAY + DAY
    await tell(telling(home, changed - HOUR, 3_000, changed - 2 * HOUR))
    await metering.set_ratio(home.meter_id, ct="50/5", pt="1/1", shown=(0,) * 6, now=changed)
    await tell(telling(home, changed + 2 * HOUR, 400, changed + HOUR))
    assert await demand_w(home, MONDAY, MONDAY + 2 * DAY) == 4_000
    assert await demand_w(home, MONDAY, changed) == 3_000


@pytest.mark.parametrize(
    ("w", "minutes", "rule"),
    [(12_100, 60, "JUMP"), (3_000, 121, "CLOCK"), (3_000, -1, "CLOCK")],
)
async def test_a_demand_that_cannot_be_true_is_held_once(home, w, minutes, rule):
    reached = MONDAY + timedelta(minutes=minutes)
    wrong = telling(home, MONDAY + 2 * HOUR, w, reached)
    assert await tell(wrong, wrong) == [Outcome.HELD, Outcome.DUPLICATE]
    assert await rows("select rule from reading_exception") == [{"rule": rule}]
    assert await value("select count(*) from further_reading") == 0


async def test_another_demand_at_the_same_instant_is_a_contradiction(home):
    at, reached = MONDAY + 2 * HOUR, MONDAY + HOUR
    said = [telling(home, at, 3_000, reached), telling(home, at, 3_001, reached)]
    assert await tell(*said) == [Outcome.ACCEPTED, Outcome.CONFLICT]
    assert await demand_w(home, MONDAY, NOW) == 3_000


async def test_a_held_demand_that_somebody_accepts_counts(home):
    reached = MONDAY + HOUR
    await tell(telling(home, MONDAY + 2 * HOUR, 13_000, reached))
    await metering.resolve_exception(
        await value("select id from reading_exception"),
        Resolution.ACCEPT,
        actor=Actor("OPERATOR", 1),
        reason="the plant was extended",
        now=NOW,
    )
    assert await demand_w(home, MONDAY, NOW) == 13_000
    assert await value("select demand_at from further_reading") == reached


async def test_beside_other_registers_all_of_them_count(home):
    for hours, varh in ((1, 100), (2, 160)):
        at = MONDAY + hours * HOUR
        shown = MaxDemand(3_000, MONDAY + HOUR)
        await tell(FurtherReading(home.meter_id, at, None, varh, 0, None, shown))
    found = await metering.service_use([(home.account_id, MONDAY, NOW, QUARTER)])
    assert found[home.account_id] == ServiceUse(3_000, (60, 0))
