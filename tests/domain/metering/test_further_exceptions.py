"""Further registers that were held and that somebody answers for."""

from datetime import datetime

import pytest

from domain import metering
from domain.base import Actor, value
from domain.metering import FurtherReading, Outcome, Resolution
from tests import seed
from tests.seed import HOUR, Home

from .meters import DAY, MONDAY

pytestmark = pytest.mark.usefixtures("database")
NOW = MONDAY + 3 * DAY


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY), now=MONDAY)


def further(home: Home, at: datetime, *, taken: int) -> FurtherReading:
    return FurtherReading(home.meter_id, at, import_varh=taken)


async def record(*readings: FurtherReading) -> list[Outcome]:
    return await metering.record_further(readings, now=NOW)


async def accept() -> None:
    await metering.resolve_exception(
        await value("select id from reading_exception where resolved_at is null"),
        Resolution.ACCEPT,
        actor=Actor("OPERATOR", 1),
        reason="seen on site",
        now=NOW,
    )


async def test_an_accepted_jump_of_a_register_that_has_started_again_goes_on(home):
    await record(further(home, MONDAY + HOUR, taken=10**9 - 1_000))
    await record(further(home, MONDAY + 2 * HOUR, taken=500))
    assert await record(further(home, MONDAY + 3 * HOUR, taken=400_000)) == [Outcome.HELD]
    await accept()
    used = await metering.further_used(home.account_id, since=MONDAY + HOUR, until=NOW)
    assert used.import_varh == 401_000


async def test_what_later_readings_overtook_is_not_accepted_any_more(home):
    await record(further(home, MONDAY + HOUR, taken=0))
    assert await record(further(home, MONDAY + 2 * HOUR, taken=400_000)) == [Outcome.HELD]
    await record(further(home, MONDAY + 3 * HOUR, taken=1_000))
    with pytest.raises(metering.RunsBackwards):
        await accept()
    used = await metering.further_used(home.account_id, since=MONDAY, until=NOW)
    assert used.import_varh == 1_000
    assert await metering.has_open_exception(home.account_id)


async def test_before_a_change_of_transformers_the_old_ones_bound_what_is_true(home):
    await record(further(home, MONDAY + HOUR, taken=0))
    await metering.set_ratio(
        home.meter_id, ct="500/5", pt="1", shown=(0, 0, 0, 0, 0, 0), now=MONDAY + 10 * HOUR
    )
    assert await record(further(home, MONDAY + 5 * HOUR, taken=8_000)) == [Outcome.ACCEPTED]
    assert await record(further(home, MONDAY + 12 * HOUR, taken=10**8)) == [Outcome.HELD]
