"""Export and reactive registers obey the rules of all registers, beside the hot ones."""

from datetime import datetime

import pytest

from domain import metering
from domain.base import Actor, value
from domain.metering import FurtherReading, Outcome, Resolution
from domain.rating._consumption import Consumption
from domain.rating._power_factor import factor_of
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY

pytestmark = pytest.mark.usefixtures("database")
NOW = MONDAY + 3 * DAY


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY), now=MONDAY)


def further(home: Home, at: datetime, export=None, taken=None, given=None) -> FurtherReading:
    return FurtherReading(home.meter_id, at, export, taken, given)


async def record(*readings: FurtherReading) -> list[Outcome]:
    return await metering.record_further(readings, now=NOW)


async def test_what_flowed_is_the_way_of_the_registers(home):
    start, end = (
        further(home, MONDAY + HOUR, 0, 500, 20),
        further(home, MONDAY + 5 * HOUR, 7, 1_500, 120),
    )
    assert await record(end, start, start) == [
        Outcome.ACCEPTED,
        Outcome.ACCEPTED,
        Outcome.DUPLICATE,
    ]
    used = await metering.further_used(home.account_id, since=MONDAY + HOUR, until=NOW)
    assert (used.export_wh, used.reactive_varh) == (7, (1_000, 100))
    use = Consumption((0, 2_000, 0, 0, 0), reactive_varh=used.reactive_varh)
    assert factor_of(use) == 88
    assert list((await metering.take_changed(10)).ids) == [home.account_id]


async def test_registers_that_a_meter_does_not_have_stay_empty(home):
    await record(further(home, MONDAY + HOUR, 5), further(home, MONDAY + 2 * HOUR, 9))
    used = await metering.further_used(home.account_id, since=MONDAY, until=NOW)
    assert (used.export_wh, used.import_varh, used.export_varh) == (4, 0, 0)


@pytest.mark.parametrize(
    ("hours", "export", "rule"),
    [(2, 4, "BACKWARDS"), (2, 10**6, "JUMP"), (100, 9, "CLOCK"), (1, 6, "INSTANT_REUSED")],
)
async def test_what_cannot_be_true_is_held_once(home, hours, export, rule):
    await record(further(home, MONDAY + HOUR, 5))
    outcome = Outcome.CONFLICT if rule == "INSTANT_REUSED" else Outcome.HELD
    wrong = further(home, MONDAY + hours * HOUR, export)
    assert await record(wrong, wrong) == [outcome, Outcome.DUPLICATE]
    assert await value("select rule from reading_exception") == rule
    assert await value("select count(*) from further_reading") == 1


async def test_a_register_that_starts_again_goes_on(home):
    await record(further(home, MONDAY + HOUR, 10**9 - 5), further(home, MONDAY + 2 * HOUR, 15))
    used = await metering.further_used(home.account_id, since=MONDAY, until=NOW)
    assert used.export_wh == 20


async def test_an_accepted_jump_counts(home):
    await record(further(home, MONDAY + HOUR, 5), further(home, MONDAY + 2 * HOUR, 10**6))
    await metering.resolve_exception(
        await value("select id from reading_exception"),
        Resolution.ACCEPT,
        actor=Actor("OPERATOR", 1),
        reason="a plant was connected",
        now=NOW,
    )
    used = await metering.further_used(home.account_id, since=MONDAY, until=NOW)
    assert used.export_wh == 10**6 - 5
