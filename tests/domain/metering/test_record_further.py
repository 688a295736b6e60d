"""Export and reactive registers obey the rules of all registers, beside the hot ones."""

from datetime import datetime

import pytest

from domain import command, field_service, metering, reporting
from domain.base import Actor, rows, value
from domain.metering import (
    FurtherReading,
    FurtherShown,
    NewMeter,
    Outcome,
    ReadImplausible,
    Reading,
    Resolution,
)
from domain.rating._consumption import Consumption
from domain.rating._power_factor import factor_of
from domain.reporting import UsageView
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


def by_period(home: Home, hours: int, *periods: int, total: int | None = None) -> FurtherReading:
    sharp, peak, flat, valley, deep = periods
    shown = sum(periods) if total is None else total
    at = MONDAY + hours * HOUR
    return FurtherReading(
        home.meter_id, at, shown, export_periods_wh=(sharp, peak, flat, valley, deep)
    )


async def used(home: Home, since: int, until: int) -> metering.FurtherUse:
    return await metering.further_used(
        home.account_id, since=MONDAY + since * HOUR, until=MONDAY + until * HOUR
    )


async def test_what_flowed_back_is_counted_by_period(home):
    assert await record(
        by_period(home, 1, 5, 10, 0, 100, 0),
        by_period(home, 2, 5, 40, 0, 130, 7),
        by_period(home, 2, 5, 40, 0, 130, 7),
    ) == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.DUPLICATE]
    found = await used(home, 1, 3)
    assert (found.export_wh, found.export_periods_wh) == (67, (0, 30, 0, 30, 7))


async def test_the_periods_of_what_flowed_back_add_up_to_its_total(home):
    await record(by_period(home, 1, 0, 10, 0, 100, 0), by_period(home, 3, 0, 10, 0, 300, 0))
    wrong = by_period(home, 2, 0, 10, 0, 120, 0, total=181)
    assert await record(wrong, wrong) == [Outcome.HELD, Outcome.DUPLICATE]
    assert await value("select rule from reading_exception") == "PERIODS"
    rounded = by_period(home, 2, 0, 10, 0, 120, 0, total=180)
    assert await record(rounded) == [Outcome.ACCEPTED]
    await metering.resolve_exception(
        await value("select id from reading_exception"),
        Resolution.ACCEPT,
        actor=Actor("OPERATOR", 1),
        reason="its display is broken",
        now=NOW,
    )
    found = await used(home, 1, 2)
    assert (found.export_wh, found.export_periods_wh) == (71, (0, 0, 0, 20, 0))


async def test_a_period_that_starts_again_at_zero_goes_on_by_itself(home):
    await record(by_period(home, 1, 0, 0, 0, 10**9 - 5, 0), by_period(home, 2, 0, 0, 0, 15, 0))
    found = await used(home, 1, 2)
    assert (found.export_wh, found.export_periods_wh) == (20, (0, 0, 0, 20, 0))


async def test_what_flowed_back_counts_by_the_ratio_of_its_time(home):
    await record(by_period(home, 1, 0, 0, 0, 10, 0), by_period(home, 2, 0, 0, 0, 30, 0))
    at = MONDAY + 3 * HOUR
    await metering.set_ratio(home.meter_id, ct="50/5", pt="1/1", shown=(0,) * 6, now=at)
    await record(by_period(home, 3, 0, 0, 0, 30, 0), by_period(home, 4, 0, 0, 0, 33, 0))
    found = await used(home, 1, 4)
    assert (found.export_wh, found.export_periods_wh) == (50, (0, 0, 0, 50, 0))


def back(valley: int, varh: int, *, peak: int = 0) -> FurtherShown:
    return FurtherShown(peak + valley, varh, None, (0, peak, 0, valley, 0))


async def test_at_an_exchange_both_meters_are_read_and_counted(home):
    begun = FurtherReading(home.meter_id, MONDAY + HOUR, *back(10, 100))
    assert await record(begun) == [Outcome.ACCEPTED]
    at = MONDAY + 2 * HOUR
    new_id = await field_service.exchange_meter(
        home.meter_id,
        NewMeter("NEW", 13_200, ct="50/5", further=back(0, 7, peak=700)),
        removal=(0,) * 6,
        further=back(30, 160),
        actor=Actor("CLERK", 1),
        now=at,
    )
    assert await record(
        FurtherReading(new_id, at + HOUR, 709, 8, export_periods_wh=(0, 704, 0, 5, 0)),
        by_period(home, 4, 0, 0, 0, 40, 0),
    ) == [Outcome.ACCEPTED, Outcome.HELD]
    found = await used(home, 1, 5)
    assert (found.export_wh, found.export_periods_wh) == (110, (0, 40, 0, 70, 0))
    assert found.reactive_varh == (70, 0)
    assert await value("select rule from reading_exception") == "CLOCK"


async def test_a_change_of_the_ratio_reads_what_flowed_back_too(home):
    await record(by_period(home, 1, 0, 0, 0, 10, 0))
    at = MONDAY + 2 * HOUR
    await field_service.change_ratio(
        home.meter_id,
        ct="50/5",
        pt="1/1",
        shown=(0,) * 6,
        further=back(30, 0),
        actor=Actor("CLERK", 1),
        now=at,
    )
    await record(by_period(home, 4, 0, 0, 0, 33, 0))
    found = await used(home, 1, 4)
    assert (found.export_wh, found.export_periods_wh) == (50, (0, 0, 0, 50, 0))


async def test_an_export_read_that_cannot_be_true_stops_the_exchange(home):
    await record(by_period(home, 1, 0, 0, 0, 30, 0))
    with pytest.raises(ReadImplausible):
        await field_service.exchange_meter(
            home.meter_id,
            NewMeter("NEW", 13_200),
            removal=(0,) * 6,
            further=back(20, 0),
            actor=Actor("CLERK", 1),
            now=MONDAY + 2 * HOUR,
        )
    assert await value("select count(*) from meter") == 1
    assert await value("select count(*) from meter where removed_at is not null") == 0
    assert await value("select count(*) from reading_exception") == 0


async def test_a_register_that_a_reading_leaves_out_is_counted_by_the_next(home):
    await record(
        further(home, MONDAY + HOUR, 10, 100),
        further(home, MONDAY + 2 * HOUR, None, 150),
        further(home, MONDAY + 3 * HOUR, 17, 175),
    )
    found = await used(home, 1, 4)
    assert (found.export_wh, found.import_varh, found.export_periods_wh) == (7, 75, None)
    found = await used(home, 2, 4)
    assert (found.export_wh, found.import_varh) == (7, 25)


async def test_a_series_tells_both_directions_by_period(home):
    at = MONDAY + 2 * HOUR
    taken = Reading(home.meter_id, 1, at, 900, (0, 600, 0, 300, 0))
    assert await metering.record([taken], now=NOW) == [Outcome.ACCEPTED]
    await record(
        by_period(home, 1, 0, 0, 0, 10, 0),
        by_period(home, 2, 0, 0, 0, 30, 0),
        by_period(home, 27, 0, 5, 0, 30, 0),
    )
    found = await reporting.list_usage(
        home.account_id, step="day", since=MONDAY, until=NOW, zone="Asia/Shanghai"
    )
    assert found == (
        UsageView(MONDAY, 900, False, (0, 600, 0, 300, 0), 20, (0, 0, 0, 20, 0)),
        UsageView(MONDAY + DAY, 0, False, (0, 0, 0, 0, 0), 5, (0, 5, 0, 0, 0)),
    )


async def test_a_report_of_both_directions_is_stored_whole(home):
    at = MONDAY + HOUR
    back = by_period(home, 1, 0, 7, 0, 2, 0)
    (heard,) = await command.hear([home.uplink(at, further=back)], now=at)
    assert heard.outcome is Outcome.ACCEPTED
    stored = await rows("select export_wh, export_peak_wh from further_reading")
    assert [tuple(each.values()) for each in stored] == [(9, 7)]


async def test_registers_beyond_all_measure_are_held_and_never_accepted(home):
    most = 2**63 - 1
    assert await record(by_period(home, 1, 0, most, 0, 0, 0)) == [Outcome.HELD]
    with pytest.raises(metering.RegistersRefused):
        await metering.resolve_exception(
            await value("select id from reading_exception"),
            Resolution.ACCEPT,
            actor=Actor("OPERATOR", 1),
            reason="why not",
            now=NOW,
        )
    assert await value("select count(*) from further_reading") == 0


async def test_a_report_said_again_is_a_repetition_though_its_further_registers_are_held(home):
    at = MONDAY + HOUR
    await record(further(home, MONDAY + HOUR / 2, 0, 0, 0))
    uplink = home.uplink(at, further=further(home, at, taken=10**9))
    first, again = [(await command.hear([uplink], now=at))[0].outcome for _ in range(2)]
    assert (first, again) == (Outcome.ACCEPTED, Outcome.DUPLICATE)
    assert await value("select count(*) from reading_exception") == 1
