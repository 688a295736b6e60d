"""Where nothing was measured an estimate stands, marked; what is measured later takes its place."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain import charge_control, metering
from domain.base import value
from domain.metering import Method, Outcome
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY, assess, position, reading, record, register, totals

pytestmark = pytest.mark.usefixtures("database")
ZONE = ZoneInfo("Asia/Shanghai")
MARCH_30 = MONDAY + 4 * 7 * DAY


@pytest.fixture
async def home() -> Home:
    return await seed.home(
        await seed.district(now=MONDAY - HOUR), now=MONDAY - HOUR, opening_fen=10_000
    )


async def daily(home: Home, days: int, wh: int = 5_000) -> None:
    """Report each midnight; every day uses so much, Sundays twice as much."""
    total, sent = 0, []
    for k in range(days):
        sent.append(reading(home, k + 1, MONDAY + k * DAY, total))
        total += wh * (2 if k % 7 == 6 else 1)
    await record(*sent, now=MONDAY + days * DAY)


async def estimate(home: Home, at, now=None) -> list:
    return await metering.estimate([home.meter_id], at, zone=ZONE, now=now or at)


async def test_between_two_readings_of_three_days_a_straight_line_is_drawn(home):
    await record(
        reading(home, 1, MONDAY, 1_000), reading(home, 2, MONDAY + 3 * DAY, 7_000), now=MARCH_30
    )
    (made,) = await estimate(home, MONDAY + DAY, now=MARCH_30)
    assert (made.registers[0], made.method) == (3_000, Method.LINEAR)
    assert await register(home) == 7_000
    freeze = (await metering.freezes_of([home.meter_id], (MONDAY + DAY).date(), zone=ZONE))[
        home.meter_id
    ]
    assert freeze.estimated
    assert freeze.registers[0] == 3_000


async def test_silence_goes_on_as_the_same_weekdays_did(home):
    await daily(home, 28)
    at = MARCH_30 + DAY
    before = await register(home)
    (made,) = await estimate(home, at)
    # The last reading is of Sunday midnight: a double Sunday and a Monday were missed.
    assert (made.registers[0] - before, made.method) == (15_000, Method.SAME_WEEKDAYS)
    await assess(at)
    stood = await position(home)
    assert stood["estimated"]
    assert stood["as_of"] == at
    assert stood["unbilled_wh"] == before + 15_000


async def test_without_four_weeks_of_readings_last_year_speaks(home):
    year = 364 * DAY
    await record(
        *(reading(home, k + 1, MONDAY + k * DAY, k * 3_000) for k in range(3)),
        reading(home, 9, MONDAY + year, 900_000),
        now=MONDAY + year,
    )
    (made,) = await estimate(home, MONDAY + year + 2 * DAY)
    assert (made.registers[0], made.method) == (906_000, Method.LAST_YEAR)


async def test_where_nothing_is_known_nothing_is_estimated(home):
    assert await estimate(home, MARCH_30) == []
    await record(reading(home, 1, MONDAY + DAY, 5_000), now=MARCH_30)
    assert await estimate(home, MONDAY + DAY, now=MARCH_30) == []
    assert await estimate(home, MARCH_30 + DAY, now=MARCH_30) == []
    assert await totals(home) == [0, 5_000]


async def test_an_estimate_trips_nobody(home):
    await daily(home, 28, wh=20_000)
    at = MARCH_30 + timedelta(days=1, hours=10)
    assert await estimate(home, at)
    await assess(at)
    assert (await position(home))["available_fen"] < 0
    await seed.deliver_messages(at=at)
    later = at + 9 * DAY
    await estimate(home, later)
    await assess(later)
    await seed.deliver_messages(at=later)
    assessment = await charge_control.why_not(home.account_id, now=later + DAY)
    held = {guard.name: guard.holds for guard in assessment.guards}
    assert held["READING_ACTUAL"] is False
    assert await home.commands() == []


async def test_the_measured_reading_takes_the_place_of_the_estimate_even_below_it(home):
    await daily(home, 28)
    at = MARCH_30 + DAY
    last = await register(home)
    await estimate(home, at - DAY)
    await estimate(home, at)
    late = reading(home, 100, at - 2 * HOUR, last + 700)
    assert await record(late, now=at) == [Outcome.ACCEPTED]
    await assess(at)
    stood = await position(home)
    assert (stood["unbilled_wh"], stood["estimated"]) == (last + 700, False)
    assert stood["as_of"] == late.measured_at
    assert await value("select count(*) from reading where estimated") == 0
    kept = await metering.estimates_of(home.meter_id, since=MONDAY, until=at)
    assert [(each.quality, each.replaced_at) for each in kept] == [("E", at)] * 2


async def test_a_reading_at_the_very_instant_replaces_the_estimate(home):
    await daily(home, 28)
    (made,) = await estimate(home, MARCH_30 + DAY)
    real = reading(home, 100, made.measured_at, made.registers[0] - 1_000)
    assert await record(real, real, now=MARCH_30 + DAY) == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert await register(home) == real.total_wh
    assert await value("select estimated from meter_register") is False


async def test_an_estimate_in_the_middle_keeps_what_was_measured_around_it(home):
    await daily(home, 28)
    last = await register(home)
    after = reading(home, 100, MARCH_30 + 8 * DAY, last + 10_000)
    await record(after, now=MARCH_30 + 8 * DAY)
    made = [await estimate(home, MARCH_30 + k * DAY, now=MARCH_30 + 9 * DAY) for k in range(7)]
    stood = [each[0].registers[0] for each in made]
    assert stood == sorted(stood)
    assert last <= stood[0]
    assert stood[-1] <= last + 10_000
    assert await register(home) == last + 10_000
    assert {each[0].method for each in made} == {Method.SAME_WEEKDAYS}


async def test_the_accounts_of_a_group_of_estimates_are_marked_at_once(home):
    district_id = await value("select district_id from account where id = $1", home.account_id)
    street = [home, *[await seed.home(district_id, now=MONDAY - HOUR) for _ in range(3)]]
    for each in street:
        await daily(each, 28)
    while await metering.take_changed(100):
        pass
    made = await metering.estimate(
        [each.meter_id for each in street], MARCH_30 + DAY, zone=ZONE, now=MARCH_30 + 2 * DAY
    )
    assert len(made) == len(street)
    assert await value("select count(*) from usage_changed") == 1
    found = await metering.take_changed(100)
    assert found is not None
    assert sorted(found.ids) == sorted(each.account_id for each in street)


async def test_a_silence_that_outlasts_its_method_goes_on_from_what_was_estimated(home):
    last_year = [reading(home, k + 1, MONDAY + k * DAY, k * 2_000) for k in range(80)]
    start = MONDAY + 364 * DAY
    lately = [reading(home, 100 + k, start + k * DAY, 10**6 + k * 5_000) for k in range(29)]
    await record(*last_year, *lately, now=start + 28 * DAY)
    made = [(await estimate(home, start + k * DAY))[0] for k in range(29, 60)]
    used = [b.registers[0] - a.registers[0] for a, b in pairwise(made)]
    assert used == [5_000] * 20 + [2_000] * 10
    assert (made[20].method, made[21].method) == (Method.SAME_WEEKDAYS, Method.LAST_YEAR)


async def test_behind_another_ratio_the_same_weekdays_move_the_registers_otherwise(home):
    await daily(home, 28)
    shown = await register(home)
    await metering.set_ratio(
        home.meter_id, ct="100/5", pt="1", shown=(shown, 0, shown, 0, 0, 0), now=MARCH_30
    )
    (made,) = await estimate(home, MARCH_30 + 2 * DAY)
    assert (made.registers[0] - shown, made.method) == (2 * 5_000 // 20, Method.SAME_WEEKDAYS)
