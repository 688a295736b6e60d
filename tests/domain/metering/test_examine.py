"""What no single reading shows is noted; it holds nothing back, and is closed when put right."""

from itertools import accumulate
from pathlib import Path

import pytest

from domain import metering
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY, reading, record

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY), now=MONDAY)


async def examine(home: Home, until, off=()) -> list[str]:
    await metering.examine([home.meter_id], since=until - DAY, until=until, off=off, now=until)
    return sorted(each.rule for each in await metering.findings_of(home.account_id))


async def hourly(home: Home, uses: list[int]) -> None:
    sent = [
        reading(home, k, MONDAY + k * HOUR, total) for k, total in enumerate(accumulate(uses), 1)
    ]
    await record(*sent, now=MONDAY + 30 * DAY)


async def test_the_same_power_for_twelve_intervals_is_noted_once(home):
    await hourly(home, [5, 9, *[100] * 12, 7])
    assert await examine(home, MONDAY + 15 * HOUR) == ["FROZEN"]
    assert await examine(home, MONDAY + 16 * HOUR) == ["FROZEN"]
    (found,) = await metering.findings_of(home.account_id)
    assert found.detail == {"interval_wh": 100, "intervals": 12}
    assert (found.since, found.until) == (MONDAY + 2 * HOUR, MONDAY + 14 * HOUR)
    assert not await metering.has_open_exception(home.account_id)


async def test_eleven_equal_intervals_or_many_of_zero_are_no_finding(home):
    await hourly(home, [5, *[100] * 11, 7, *[0] * 10])
    assert await examine(home, MONDAY + 24 * HOUR) == []


async def test_a_week_without_use_is_noted_where_the_output_is_closed(home):
    await record(
        *(reading(home, k, MONDAY + k * DAY, 500) for k in range(1, 10)), now=MONDAY + 30 * DAY
    )
    end = MONDAY + 9 * DAY
    assert await examine(home, end, off=[home.meter_id]) == []
    assert await examine(home, end) == ["ZERO_USE"]
    await record(reading(home, 20, end + HOUR, 600), now=MONDAY + 30 * DAY)
    assert await examine(home, end + 2 * HOUR) == []


async def test_a_gap_is_noted_and_closed_when_its_readings_come_late(home):
    await record(
        reading(home, 1, MONDAY + HOUR, 100),
        reading(home, 2, MONDAY + 30 * HOUR, 900),
        now=MONDAY + 30 * DAY,
    )
    assert await examine(home, MONDAY + 31 * HOUR) == ["GAP"]
    await record(reading(home, 3, MONDAY + 14 * HOUR, 500), now=MONDAY + 30 * DAY)
    assert await examine(home, MONDAY + 31 * HOUR) == []
    (closed,) = await metering.findings_of(home.account_id, open_only=False)
    assert closed.closed_at == MONDAY + 31 * HOUR


async def test_a_meter_that_keeps_silent_stands_in_a_gap(home):
    await record(reading(home, 1, MONDAY + HOUR, 100), now=MONDAY + 30 * DAY)
    end = MONDAY + 3 * DAY
    assert await examine(home, end) == ["GAP"]
    assert await examine(home, MONDAY + DAY) == []


def test_every_rule_says_what_it_does():
    assert {rule.code for rule in metering.RULES if rule.effect is metering.Effect.HOLD} >= {
        "JUMP",
        "BACKWARDS",
        "CLOCK",
        "PERIODS",
    }
    assert all(rule.finds for rule in metering.RULES)


def test_every_rule_and_method_stands_in_the_documentation():
    page = (Path(__file__).parents[3] / "docs" / "metering.md").read_text(encoding="utf-8")
    for rule in metering.RULES:
        assert f"| `{rule.code}` | {rule.effect} | {rule.finds} |" in page
    for name in (*metering.Method, *metering.Outcome):
        assert f"| `{name}` |" in page
