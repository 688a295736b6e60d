"""A meter is exchanged, a ratio changed: one period, charged by every register for its own span."""

from datetime import datetime, timedelta

import pytest

from domain import accrual, billing, command, field_service, metering, reporting
from domain.accrual import Base, Turn
from domain.base import Actor, rows, value
from domain.command import SupplyState
from domain.metering import NewMeter, Outcome, Reading, Resolution
from tests import seed
from tests.seed import HOUR, Home

pytestmark = pytest.mark.usefixtures("database")
MONDAY = datetime.fromisoformat("2026-03-02T00:00+08:00")
NOON = MONDAY + 12 * HOUR
FITTER = Actor("INSPECTOR", 3)
# 8456.30 -> 8610.75 behind 30, then 0.15 -> 42.60 behind 40.
OLD, REMOVAL = 8_456_300, 8_610_750
NEW, NOW = 150, 42_600


def only_peak(wh: int) -> tuple[int, int, int, int, int, int]:
    return (wh, 0, wh, 0, 0, 0)


@pytest.fixture
async def home() -> Home:
    """A workshop that moves in behind 150/5, with registers that have run before."""
    made = await seed.home(await seed.district(now=MONDAY), now=MONDAY, rated_w=10**6)
    await field_service.exchange_meter(
        made.meter_id,
        NewMeter(serial="OLD", rated_w=10**6, opening=only_peak(OLD), ct="150/5"),
        removal=only_peak(0),
        actor=FITTER,
        now=MONDAY + HOUR,
    )
    made.meter_id = (await metering.meters_of(["OLD"]))["OLD"]
    return made


async def exchange(home: Home, *, removal: int = REMOVAL, at: datetime = NOON, **new) -> int:
    made = {"serial": "NEW", "rated_w": 10**6, "opening": only_peak(NEW), "ct": "200/5"}
    return await field_service.exchange_meter(
        home.meter_id,
        NewMeter(**made | new),
        removal=only_peak(removal),
        actor=FITTER,
        now=at,
    )


async def report(meter_id: int, wh: int, *, at: datetime, n: int = 1) -> Outcome:
    (outcome,) = await metering.record([Reading(meter_id, n, at, wh, (0, wh, 0, 0, 0))], now=at)
    while await seed.charge_control.assess(limit=10, now=at):
        pass
    return outcome


async def charged(home: Home) -> tuple[int, datetime]:
    found = await rows(
        "select unbilled_wh, as_of from account_position where account_id = $1", home.account_id
    )
    return found[0]["unbilled_wh"], found[0]["as_of"]


async def test_both_meters_are_charged_each_behind_its_own_ratio(home):
    new_id = await exchange(home)
    assert await charged(home) == (4_633_500, NOON)
    at = NOON + 3 * HOUR
    assert await report(new_id, NOW, at=at) is Outcome.ACCEPTED
    assert await charged(home) == (6_331_500, at)
    to_date = await accrual.charges_to_date(home.account_id)
    assert to_date is not None
    assert sum(line.amount_fen for line in to_date.lines) == await value(
        "select unbilled_fen from account_position"
    )
    usage = await reporting.list_usage(
        home.account_id, step="month", since=MONDAY - timedelta(days=1), until=at, zone="+08"
    )
    assert [each.energy_wh for each in usage] == [6_331_500]
    assert [each.breaches for each in await reporting.verify()] == [0] * len(
        await reporting.verify()
    )


async def test_the_supply_and_the_commands_of_the_old_meter_are_over(home):
    await command.hear(
        [home.uplink(MONDAY + 2 * HOUR, reading=None, supply=SupplyState(0, 0))],
        now=MONDAY + 2 * HOUR,
    )
    new_id = await exchange(home)
    assert [s.meter_id for s in await command.supplies_of(home.account_id)] == [new_id]
    assert await metering.meters_of(["OLD", "NEW"]) == {"NEW": new_id}
    still_open = "state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED')"
    assert await value(f"select count(*) from command where {still_open}") == 0
    assert await report(home.meter_id, REMOVAL + 5, at=NOON + HOUR) is Outcome.HELD
    with pytest.raises(metering.NoSuchMeter):
        await exchange(home, serial="THIRD")


async def test_a_ratio_that_changes_splits_the_period_of_the_same_meter(home):
    ratio = await field_service.change_ratio(
        home.meter_id, ct="200/5", pt="1/1", shown=only_peak(REMOVAL), actor=FITTER, now=NOON
    )
    assert ratio == 40
    at = NOON + 3 * HOUR
    await report(home.meter_id, REMOVAL + NOW - NEW, at=at)
    assert await charged(home) == (6_331_500, at)
    curve = await metering.curve_of(home.account_id, since=MONDAY, until=at, step=HOUR)
    assert [each.energy_wh for each in curve] == [0, 4_633_500, 1_698_000]
    assert [(a.since, a.until) for a in curve[1:]] == [(MONDAY + HOUR, NOON), (NOON, at)]


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"removal": OLD - 1}, metering.ReadImplausible),
        ({"removal": OLD + 10**9}, metering.ReadImplausible),
        ({"serial": "OLD"}, metering.SerialTaken),
        ({"ct": "1/3"}, metering.RatioRefused),
        ({"digits": 3}, metering.DigitsRefused),
        ({"opening": only_peak(-5)}, metering.RegistersRefused),
        ({"opening": only_peak(10**18)}, metering.RegistersRefused),
    ],
)
async def test_an_exchange_that_cannot_be_is_refused_and_nothing_moves(home, asked, refusal):
    before = await rows("select * from charge_segment order by meter_id, n")
    with pytest.raises(refusal):
        await exchange(home, **asked)
    assert await rows("select * from charge_segment order by meter_id, n") == before
    assert await metering.meters_of(["OLD", "NEW"]) == {"OLD": home.meter_id}
    assert await charged(home) == (0, MONDAY + HOUR)
    assert not await metering.has_open_exception(home.account_id)


async def test_one_bill_is_made_of_both_meters(home):
    new_id = await exchange(home)
    april = datetime.fromisoformat("2026-04-01T00:00+08:00")
    assert await report(new_id, NOW, at=april) is Outcome.ACCEPTED
    done = await billing.run_bills(now=april + HOUR)
    assert (done.issued, done.held) == (1, 0)
    (bill,) = await rows("select id, energy_wh, basis from bill")
    assert bill["energy_wh"] == 6_331_500
    assert await rows("select meter_id, until from charge_segment") == [
        {"meter_id": new_id, "until": None}
    ]
    assert await charged(home) == (0, april)
    assert (await reporting.verify())[0].breaches == 0


async def test_registers_that_went_back_behind_the_base_are_not_charged(home):
    at = NOON + HOUR
    await report(home.meter_id, REMOVAL, at=NOON)
    await accrual.turn([Turn(home.account_id, (Base(home.meter_id, NOON, only_peak(REMOVAL)),))])
    await metering.withdraw_reading(home.meter_id, NOON, actor=FITTER, reason="misread", now=at)
    before = await charged(home)
    while await seed.charge_control.assess(limit=10, now=at):
        pass
    assert await charged(home) == before


async def test_what_a_meter_says_after_it_was_taken_down_is_never_taken_in(home):
    await exchange(home)
    late = [
        Reading(home.meter_id, n, at, wh, (0, wh, 0, 0, 0))
        for n, at, wh in ((8, NOON + HOUR, REMOVAL + 500), (9, NOON - HOUR, REMOVAL + 9 * 10**6))
    ]
    assert await metering.record(late, now=NOON + 2 * HOUR) == [Outcome.HELD, Outcome.HELD]
    ids = dict(await exceptions())
    replace = {"actor": FITTER, "reason": "", "now": NOON + 3 * HOUR}
    with pytest.raises(metering.InstantImpossible):
        await metering.resolve_exception(
            ids["CLOCK"], Resolution.REPLACE, registers=only_peak(REMOVAL + 500), **replace
        )
    await metering.resolve_exception(
        ids["BACKWARDS"], Resolution.REPLACE, registers=only_peak(REMOVAL - 500), **replace
    )
    assert await exceptions() == [("CLOCK", ids["CLOCK"])]
    last = "select max(total_wh) from reading where meter_id = $1"
    assert await value(last, home.meter_id) == REMOVAL


async def test_the_reads_of_an_exchange_and_of_a_new_ratio_stay(home):
    await field_service.change_ratio(
        home.meter_id,
        ct="50/5",
        pt="1",
        shown=only_peak(OLD + 10),
        actor=FITTER,
        now=NOON - 9 * HOUR,
    )
    await exchange(home)
    for at in (MONDAY + HOUR, NOON - 9 * HOUR, NOON):
        with pytest.raises(metering.UnknownReading):
            await metering.withdraw_reading(
                home.meter_id, at, actor=FITTER, reason="", now=NOON + HOUR
            )
    assert await value("select count(*) from reading where meter_id = $1", home.meter_id) == 3


async def exceptions() -> list[tuple[str, int]]:
    found = await rows("select rule, id from reading_exception where resolved_at is null")
    return [(each["rule"], each["id"]) for each in found]
