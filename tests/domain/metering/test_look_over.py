"""Every night all meters are looked over once; a round that is stopped goes on where it was."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from domain import metering
from domain.base import rows, value
from domain.metering import Method
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY, assess, position, reading, record

pytestmark = pytest.mark.usefixtures("database")
NIGHT = timedelta(hours=2, minutes=30)
WEEKS = 4 * 7 * DAY


async def nobody_off(_meters: Collection[int]) -> list[int]:
    return []


async def look_over(now, *, limit: int = 10, off=nobody_off) -> list[int]:
    """Go on until the round has ended; return how many meters each step saw."""
    steps = [await metering.look_over(off=off, limit=limit, now=now)]
    while steps[-1] == limit:
        steps.append(await metering.look_over(off=off, limit=limit, now=now))
    return steps


async def street(count: int) -> list[Home]:
    district_id = await seed.district(now=MONDAY - HOUR)
    homes = [await seed.home(district_id, now=MONDAY - HOUR) for _ in range(count)]
    for home in homes:
        sent = [reading(home, k + 1, MONDAY + k * DAY, 5_000 * k) for k in range(28)]
        await record(*sent, now=MONDAY + WEEKS)
    await metering.plan_rounds(now=MONDAY + WEEKS - 12 * HOUR)
    return homes


async def estimates() -> list[dict[str, object]]:
    return await rows(
        "select meter_id, measured_at, method from reading_estimate order by measured_at, meter_id"
    )


async def test_a_round_is_due_in_the_night_and_then_in_the_next():
    await street(1)
    night = MONDAY + WEEKS + NIGHT
    assert await metering.next_round_at() == night
    assert await look_over(night - HOUR) == [0]
    (planned,) = await metering.rounds()
    assert (planned.due_at, planned.ended_at, planned.is_running) == (night, None, False)
    assert await look_over(night) == [1]
    assert await metering.next_round_at() == night + DAY
    (ended,) = await metering.rounds()
    assert (ended.due_at, ended.ended_at, ended.is_running) == (night + DAY, night, False)
    assert ended.since == MONDAY + WEEKS
    assert await look_over(night) == [0]
    await metering.plan_rounds(now=night)
    assert await metering.next_round_at() == night + DAY


async def test_a_meter_that_nobody_read_at_midnight_is_estimated_and_its_silence_noted():
    quiet, loud = await street(2)
    midnight = MONDAY + WEEKS
    await record(reading(loud, 40, midnight, 140_000), now=midnight)
    await look_over(midnight + NIGHT)
    assert await estimates() == [
        {
            "meter_id": quiet.meter_id,
            "measured_at": midnight,
            "method": Method.SAME_WEEKDAYS,
        }
    ]
    await record(reading(loud, 41, midnight + DAY, 145_000), now=midnight + DAY)
    await look_over(midnight + DAY + NIGHT)
    (gap,) = await metering.findings_of(quiet.account_id)
    assert (gap.rule, gap.since) == ("GAP", midnight - DAY)
    assert await metering.findings_of(loud.account_id) == ()
    await assess(midnight + DAY)
    assert (await position(quiet))["estimated"]
    assert not (await position(loud))["estimated"]


async def test_a_round_that_fails_goes_on_where_it_was_and_does_nothing_twice():
    homes = await street(5)
    night = MONDAY + WEEKS + NIGHT
    asked: list[Collection[int]] = []

    async def fails_once(meters: Collection[int]) -> list[int]:
        asked.append(meters)
        if len(asked) == 2:
            raise ConnectionError
        return []

    assert await metering.look_over(off=fails_once, limit=2, now=night) == 2
    done = await estimates()
    with pytest.raises(ConnectionError):
        await metering.look_over(off=fails_once, limit=2, now=night)
    assert await estimates() == done
    assert await look_over(night + HOUR, limit=2, off=fails_once) == [2, 1]
    assert [len(each) for each in asked] == [2, 2, 2, 1]
    assert [each["meter_id"] for each in await estimates()] == [home.meter_id for home in homes]
    await value(
        "update meter_round set due_at = $1, since = $1::timestamptz - interval '1 day'"
        " returning 1",
        night,
    )
    before = await estimates()
    assert await look_over(night + 2 * HOUR) == [5]
    assert await estimates() == before


async def test_after_an_outage_the_midnights_that_were_missed_are_made_up_for():
    await street(1)
    night = MONDAY + WEEKS + 3 * DAY + NIGHT
    assert await look_over(night) == [1]
    assert [each["measured_at"] for each in await estimates()] == [
        MONDAY + WEEKS + k * DAY for k in range(4)
    ]
    assert await metering.next_round_at() == night + DAY


async def test_using_nothing_is_right_for_a_meter_that_is_off():
    homes = await street(2)
    for home in homes:
        sent = [reading(home, 50 + k, MONDAY + WEEKS + k * DAY, 135_000) for k in range(9)]
        await record(*sent, now=MONDAY + WEEKS + 9 * DAY)

    async def first_is_off(meters: Collection[int]) -> list[int]:
        return [each for each in meters if each == homes[0].meter_id]

    await look_over(MONDAY + WEEKS + 8 * DAY + NIGHT, off=first_is_off)
    assert await metering.findings_of(homes[0].account_id) == ()
    assert [each.rule for each in await metering.findings_of(homes[1].account_id)] == ["ZERO_USE"]
