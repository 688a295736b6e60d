"""What a person does with a held bill, and what the questions about bills answer."""

from datetime import date, timedelta

import pytest

from domain import billing, customer, field_service, ledger, metering, tariff
from domain.base import Actor, rows, value
from domain.ledger import Kind
from tests import seed

from .homes import OPENED, Home, at, bill, document, home, publish, tiers

CLERK = Actor("OPERATOR", 7)


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


async def spiky(district_id: int) -> Home:
    one = await home(district_id, fen=100_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    await one.read(at("2026-04-01"), peak_wh=5_000_000)
    await bill("2026-04-01")
    return one


async def test_a_released_bill_is_issued_and_nobody_s_balance_moves(district_id):
    one = await spiky(district_id)
    await one.read(at("2026-04-20"), peak_wh=5_100_000)
    was = await one.position()
    number = (await one.bills())[-1]["id"]
    out = await billing.release(number, why="heating", actor=CLERK, now=at("2026-04-20"))
    assert (out.state, out.why) == ("ISSUED", "heating")
    now = await one.position()
    assert now["available_fen"] == was["available_fen"]
    assert (now["closed_fen"], now["closed_wh"]) == (0, 0)
    owed = await ledger.balance_of(one.account_id, Kind.RECEIVABLE)
    assert owed == sum(each["total_fen"] for each in await one.bills()) - 100_000
    (noted,) = await rows("select actor, subject from audit_entry where action = 'RELEASE_BILL'")
    assert noted == {"actor": "OPERATOR:7", "subject": f"bill:{number}"}


async def test_a_cancelled_bill_opens_its_period_again(district_id):
    one = await spiky(district_id)
    was = await one.position()
    number = (await one.bills())[-1]["id"]
    await billing.cancel(number, why="meter is wrong", actor=CLERK, now=at("2026-04-02"))
    now = await one.position()
    assert now["available_fen"] == was["available_fen"]
    assert (now["closed_fen"], now["closed_wh"]) == (0, 0)
    assert now["unbilled_wh"] == 4_800_000
    done = await bill("2026-04-02", checks=billing.Checks(spike_times=1_000))
    assert done.issued == 1
    states = [each["state"] for each in await one.bills()]
    assert states == ["ISSUED", "ISSUED", "CANCELLED", "ISSUED"]


async def test_only_what_is_held_and_rated_can_go_out(district_id):
    await publish(document("gap", {"kind": "energy", "price": "0.5"}, valid_to="2026-01-20"))
    one = await home(district_id, code="gap", fen=1_000)
    await one.read(at("2026-02-01"), peak_wh=31_000)
    await bill("2026-02-01")
    number = (await one.bills())[0]["id"]
    before = await one.bills(), await value("select count(*) from ledger_transfer")
    with pytest.raises(billing.BillNotRated):
        await billing.release(number, why="", actor=CLERK, now=at("2026-02-01"))
    with pytest.raises(billing.UnknownBill):
        await billing.release(number + 1, why="", actor=CLERK, now=at("2026-02-01"))
    assert (await one.bills(), await value("select count(*) from ledger_transfer")) == before
    await billing.cancel(number, why="", actor=CLERK, now=at("2026-02-01"))
    with pytest.raises(billing.BillNotHeld):
        await billing.cancel(number, why="", actor=CLERK, now=at("2026-02-01"))
    await publish(
        document("gap", {"kind": "energy", "price": "1"}, version="2", valid_from="2026-01-20")
    )
    await bill("2026-02-02")
    assert [each["total_fen"] for each in await one.bills()] == [None, 9_50 + 12_00]


async def test_a_bill_explains_itself_and_computes_the_same_again(district_id):
    await publish(
        document("cut", tiers(12, ["100"], ["0.5", "0.6"]), valid_to="2026-01-15"),
        document("cut", tiers(12, ["100"], ["0.7", "0.8"]), version="2", valid_from="2026-01-15"),
    )
    one = await home(district_id, code="cut")
    await one.read(at("2026-01-15"), peak_wh=90_001)
    await one.read(at("2026-02-01"), peak_wh=200_007)
    await bill("2026-02-01")
    (found,) = await billing.bills_of(one.account_id, limit=10)
    told = await billing.bill_of(found.id)
    assert sum(line.amount_fen for line in told.lines) == found.total_fen
    assert [(part.version, part.before_wh, part.limits_wh) for part in told.parts] == [
        ("1", 0, (100_000,)),
        ("2", 90_001, (100_000,)),
    ]
    assert [(line.version, line.tier, line.quantity, line.rule) for line in told.lines] == [
        ("1", 1, 90_001, "tiers"),
        ("2", 1, 9_999, "tiers"),
        ("2", 2, 100_007, "tiers"),
    ]
    again = await billing.recompute(found.id)
    assert again.is_same
    assert again.computed == again.stored


async def test_what_if_under_the_own_tariff_is_the_bill(district_id):
    await publish(document("flat", {"kind": "energy", "price": "0.50"}))
    one = await home(district_id, fen=100_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=1_700_000 * k, valley_wh=100_000 * k)
    await bill("2026-03-01")
    months = (date(2026, 2, 1), date(2026, 3, 1))
    same = await billing.what_if(one.account_id, seed.TARIFF, first_day=months[0], until=months[1])
    assert same.total_fen == (await one.bills())[-1]["total_fen"]
    other = await billing.what_if(one.account_id, "flat", first_day=months[0], until=months[1])
    assert other.total_fen == 900_00
    with pytest.raises(tariff.NoTariff):
        await billing.what_if(one.account_id, "none", first_day=months[0], until=months[1])
    with pytest.raises(billing.PeriodEmpty):
        await billing.what_if(one.account_id, "flat", first_day=months[1], until=months[0])


async def test_bills_come_in_pages_newest_first_and_hide_what_never_went_out(district_id):
    one = await spiky(district_id)
    page = await billing.bills_of(one.account_id, limit=1)
    rest = await billing.bills_of(one.account_id, limit=10, before=page[-1].id)
    assert [each.first_day.month for each in (*page, *rest)] == [2, 1]
    (waiting,) = await billing.held_bills(limit=10, district_id=district_id)
    assert waiting.reasons == ("SPIKE",)
    assert await billing.held_bills(limit=10, district_id=district_id + 1) == ()
    (run,) = await billing.runs_of(limit=10)
    assert (run.accounts, run.issued, run.held, run.reasons) == (1, 2, 1, {"SPIKE": 1})
    assert run.ended_at == at("2026-04-01", 1)


async def test_what_if_counts_every_ratio_for_its_own_time(district_id):
    await publish(document("flat", {"kind": "energy", "price": "0.50"}))
    one = await home(district_id, code="flat", fen=100_000)
    await one.read(at("2026-02-01"), peak_wh=10_000)
    await field_service.change_ratio(
        one.seeded.meter_id,
        ct="50/5",
        pt="1",
        shown=(14_000, 0, 14_000, 0, 0, 0),
        actor=CLERK,
        now=at("2026-02-10", 9),
    )
    await one.read(at("2026-03-01"), peak_wh=20_000)
    await bill("2026-03-01")
    months = (date(2026, 2, 1), date(2026, 3, 1))
    found = await billing.what_if(one.account_id, "flat", first_day=months[0], until=months[1])
    assert found.energy_wh == 4_000 + 10 * 6_000
    assert found.total_fen == (await one.bills())[-1]["total_fen"]


async def test_what_if_s_tiers_have_counted_what_was_charged_not_what_was_metered(district_id):
    free = {"kind": "free_energy", "kwh_per_month": "15", "when": {"holds": "low-income"}}
    await publish(document("frugal", free, tiers(12, ["100"], ["0.5", "1"])))
    one = await home(district_id, code="frugal", fen=100_000)
    held = customer.Held("low-income", date(2026, 1, 1))
    await customer.grant_entitlement(one.account_id, held, actor=CLERK, now=OPENED)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    await bill("2026-03-01")
    months = (date(2026, 2, 1), date(2026, 3, 1))
    found = await billing.what_if(one.account_id, "frugal", first_day=months[0], until=months[1])
    assert found.parts[0].before_wh == 85_000
    assert found.total_fen == (await one.bills())[-1]["total_fen"]


async def test_nobody_moves_in_under_a_tariff_that_has_no_price_yet(district_id):
    energy = {"kind": "energy", "price": "0.5"}
    await publish(document("next", energy, valid_from="2026-02-01"))
    with pytest.raises(tariff.NoTariff):
        await home(district_id, code="next")
    with pytest.raises(tariff.NoTariff):
        await home(district_id, code="none")
    assert await value("select count(*) from account_position") == 0


@pytest.mark.parametrize("measured", ["by a curve", "by a register", ""])
async def test_demand_that_nobody_has_measured_is_not_taken_for_none(district_id, measured):
    """12 kW on the second day; without a curve or a register of it the bill waits for a person."""
    demand = {"kind": "demand", "price": "39", "mode": "measured", "proration": "whole"}
    await publish(document("industry", {"kind": "energy", "price": "0.50"}, demand))
    one = await home(district_id, code="industry", fen=10_000_000)
    if measured == "by a curve":
        await one.read(at("2026-01-02"), peak_wh=0)
        await one.read(at("2026-01-02", 1), peak_wh=12_000)
    elif measured:
        demand = metering.MaxDemand(12_000, at("2026-01-02", 1))
        told = metering.FurtherReading(one.seeded.meter_id, at("2026-02-01"), demand=demand)
        await metering.record_further([told], now=at("2026-02-01"))
    for day in ("2026-02-01", "2026-03-01"):
        await one.read(at(day), peak_wh=800_000)
    await bill("2026-03-01")
    first, *others = await one.bills()
    if measured:
        assert (first["state"], first["total_fen"]) == ("ISSUED", 40_000 + 46_800)
        assert others[0]["reasons"] == ["ZERO"], "no demand is missed where nothing was used"
    else:
        assert (first["state"], first["reasons"], others) == ("HELD", ["MISSING_DEMAND"], [])
    assert (await billing.recompute(first["id"])).is_same


@pytest.mark.parametrize(("minutes", "kw"), [(15, 12), (30, 6), (60, 3)])
async def test_demand_is_the_highest_average_of_the_tariffs_window(district_id, minutes, kw):
    """3 kWh in a quarter of an hour, nothing in the next one, then nobody reads for days.

    What was read over half an hour only is averaged over no less.
    """
    demand = {"kind": "demand", "price": "1", "mode": "measured", "proration": "whole"}
    await publish(document("industry", demand | {"window_minutes": minutes}))
    one = await home(district_id, code="industry", fen=10_000_000)
    start = at("2026-01-02")
    for quarter, wh in enumerate((0, 3_000, 3_000)):
        await one.read(start + quarter * timedelta(minutes=15), peak_wh=wh)
    await one.read(at("2026-02-01"), peak_wh=3_000)
    await bill("2026-02-01")
    (found,) = await one.bills()
    assert found["total_fen"] == 100 * kw


async def test_a_demand_that_somebody_reads_lets_the_bill_out(district_id):
    demand = {"kind": "demand", "price": "39", "mode": "measured", "proration": "whole"}
    await publish(document("industry", {"kind": "energy", "price": "0.50"}, demand))
    one = await home(district_id, code="industry", fen=10_000_000)
    await one.read(at("2026-02-01"), peak_wh=800_000)
    await bill("2026-02-01")
    (held,) = await one.bills()
    assert (held["state"], held["reasons"]) == ("HELD", ["MISSING_DEMAND"])
    await metering.read_by_hand(
        one.seeded.meter_id,
        (800_000, 0, 800_000, 0, 0, 0),
        further=metering.FurtherShown(demand=metering.MaxDemand(12_000, at("2026-01-20", 10))),
        at=at("2026-02-01", 9),
        actor=CLERK,
        now=at("2026-02-01", 9),
    )
    await billing.cancel(held["id"], why="now it is read", actor=CLERK, now=at("2026-02-02"))
    await bill("2026-02-02")
    (_, out) = await one.bills()
    assert (out["state"], out["total_fen"]) == ("ISSUED", 400_00 + 468_00)
