"""Doubts that only time shows: clocks that are set, transformers that change, late readings."""

from datetime import timedelta

import pytest

from domain import metering
from domain.base import SYSTEM, rows
from domain.metering import Outcome
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY, assess, position, reading, record, register, totals

pytestmark = pytest.mark.usefixtures("database")
END = MONDAY + 30 * DAY


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY - HOUR), now=MONDAY - HOUR)


async def held() -> list[str]:
    return [each["rule"] for each in await rows("select rule from reading_exception order by id")]


async def hourly(home: Home, first: int, last: int, *, n: int = 0) -> list[Outcome]:
    sent = [reading(home, n + k, MONDAY + k * HOUR, 1_000 * k) for k in range(first, last)]
    return await record(*sent, now=END)


async def test_a_meter_whose_clock_falls_back_is_held_until_its_clock_is_right_again(home):
    await hourly(home, 1, 73)
    # Its clock was set three days back, and counts on from there by half past.
    fallen = [
        reading(home, 72 + k, MONDAY + k * HOUR + HOUR / 2, 72_000 + 1_000 * k) for k in range(1, 4)
    ]
    assert await record(*fallen, now=END) == [Outcome.HELD] * 3
    assert await held() == ["BACKWARDS"] * 3
    assert await register(home) == 72_000
    assert await hourly(home, 77, 80) == [Outcome.ACCEPTED] * 3
    await assess(END)
    assert (await position(home))["unbilled_wh"] == 79_000


async def test_a_clock_that_falls_back_onto_the_same_instants_contradicts_itself(home):
    await hourly(home, 1, 73)
    again = [reading(home, 72 + k, MONDAY + k * HOUR, 72_000 + 1_000 * k) for k in range(1, 4)]
    assert await record(*again, now=END) == [Outcome.CONFLICT] * 3
    assert await held() == ["INSTANT_REUSED"] * 3
    assert len(await totals(home)) == 73


async def test_what_comes_late_may_not_leave_more_for_the_rest_than_the_meter_carries(home):
    await record(reading(home, 1, MONDAY, 0), now=END)
    await record(reading(home, 9, MONDAY + 10 * DAY, 100_000), now=END)
    late = reading(home, 2, MONDAY + 10 * DAY - HOUR, 10_000)
    assert await record(late, now=END) == [Outcome.HELD]
    assert await held() == ["JUMP"]
    assert await totals(home) == [0, 0, 100_000]
    fitting = reading(home, 3, MONDAY + 10 * DAY - 2 * HOUR, 90_000)
    assert await record(fitting, now=END) == [Outcome.ACCEPTED]


async def test_beside_a_jump_that_somebody_answered_for_late_readings_are_believed(home):
    await record(reading(home, 1, MONDAY, 0), now=END)
    jump = reading(home, 2, MONDAY + HOUR, 100_000)
    assert await record(jump, now=END) == [Outcome.HELD]
    (exception,) = await rows("select id from reading_exception")
    await metering.resolve_exception(
        exception["id"],
        metering.Resolution.ACCEPT,
        actor=SYSTEM,
        reason="seen",
        now=END,
    )
    late = reading(home, 3, MONDAY + HOUR / 2, 1_000)
    assert await record(late, now=END) == [Outcome.ACCEPTED]


async def test_before_a_change_of_transformers_the_old_ones_bound_what_is_true(home):
    await hourly(home, 1, 25)
    changed_at = MONDAY + 30 * HOUR
    shown = (30_000, 0, 30_000, 0, 0, 0)
    await metering.set_ratio(home.meter_id, ct="200/5", pt="1/1", shown=shown, now=changed_at)
    # A register behind 40 : 1 moves by 396 Wh in an hour at most; before it was 15,840.
    assert await hourly(home, 25, 30) == [Outcome.ACCEPTED] * 5
    after = [
        reading(home, 40, changed_at + HOUR, 30_390),
        reading(home, 41, changed_at + 2 * HOUR, 32_000),
    ]
    assert await record(*after, now=END) == [Outcome.ACCEPTED, Outcome.HELD]
    assert await register(home) == 30_390


async def test_a_curve_by_quarter_hours_and_by_hours_adds_up_to_the_same_day(home):
    sent = [
        reading(home, k, MONDAY + k * timedelta(minutes=15), 250 * k + k % 7) for k in range(97)
    ]
    assert set(await record(*sent[1:], now=END)) == {Outcome.ACCEPTED}
    for minutes, points in ((15, 96), (60, 24)):
        curve = await metering.curve_of(
            home.account_id, since=MONDAY, until=MONDAY + DAY, step=timedelta(minutes=minutes)
        )
        assert [each.at for each in curve] == [
            MONDAY + k * timedelta(minutes=minutes) for k in range(points)
        ]
        assert sum(each.energy_wh for each in curve) == sent[-1].total_wh
