"""A period that has ended becomes a bill, once, and nobody's balance jumps."""

from datetime import date

import pytest

from domain import accrual, base, billing, customer, ledger, metering
from domain.base import rows, run, value
from domain.ledger import Kind
from tests import seed

from .homes import OPENED, Home, at, bill, document, home, publish, record, tiers


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


async def test_a_month_becomes_a_bill_whose_lines_add_up(district_id):
    one = await home(district_id, fen=10_000)
    await one.read(at("2026-02-01"), peak_wh=100_000, valley_wh=50_000)
    done = await bill("2026-02-01")
    assert (done.issued, done.held) == (1, 0)
    (found,) = await one.bills()
    assert (str(found["first_day"]), str(found["until"])) == ("2026-01-01", "2026-02-01")
    assert (found["state"], found["energy_wh"], found["estimated"]) == ("ISSUED", 150_000, False)
    lines = await one.lines(found["id"])
    assert sum(line["amount_fen"] for line in lines) == found["total_fen"]
    assert found["total_fen"] == 100 * 56_80 // 100 + 50 * 28_80 // 100


async def test_the_bill_is_posted_and_settled_by_what_was_prepaid(district_id):
    poor = await home(district_id, fen=1_000)
    rich = await home(district_id, fen=100_000)
    for each in (poor, rich):
        await each.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    total = 5_680
    assert await ledger.balance_of(poor.account_id, Kind.PREPAID) == 0
    assert await ledger.balance_of(poor.account_id, Kind.RECEIVABLE) == total - 1_000
    assert await ledger.balance_of(rich.account_id, Kind.PREPAID) == 100_000 - total
    assert await ledger.balance_of(rich.account_id, Kind.RECEIVABLE) == 0
    assert await ledger.system_balance_of(Kind.REVENUE) == -2 * total
    (found,) = await poor.bills()
    posted = await rows(
        "select kind from ledger_transfer where source = $1 order by id", f"bill:{found['id']}"
    )
    assert [each["kind"] for each in posted] == ["BILL", "SETTLE"]


async def test_the_available_balance_does_not_move_by_a_fen(district_id):
    homes = [await home(district_id, fen=20_000) for _ in range(20)]
    for k, each in enumerate(homes):
        await each.read(at("2026-02-01"), peak_wh=100_003 + 17 * k, valley_wh=777 * k)
    before = [(await each.position())["available_fen"] for each in homes]
    await bill("2026-02-01")
    after = [await each.position() for each in homes]
    assert [each["available_fen"] for each in after] == before
    assert {each["unbilled_fen"] for each in after} == {0}
    assert all(each["billed_fen"] > 0 for each in after)


async def test_a_second_run_finds_nothing_to_do(district_id):
    one = await home(district_id, fen=10_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    transfers = await value("select count(*) from ledger_transfer")
    again = await bill("2026-02-02")
    assert (again.accounts, again.issued) == (0, 0)
    assert await value("select count(*) from ledger_transfer") == transfers
    assert len(await one.bills()) == 1


async def test_whoever_is_behind_gets_every_month_its_bill(district_id):
    one = await home(district_id, fen=10_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01", "2026-04-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    done = await bill("2026-04-02")
    assert done.issued == 3
    months = [str(each["first_day"]) for each in await one.bills()]
    assert months == ["2026-01-01", "2026-02-01", "2026-03-01"]


async def test_a_month_that_has_not_ended_is_left_alone(district_id):
    one = await home(district_id)
    await one.read(at("2026-01-31", 12), peak_wh=100_000)
    assert (await bill("2026-01-31", hour=23)).accounts == 0
    assert await one.bills() == []


async def test_tiers_count_on_through_the_year_and_start_again_in_january(district_id):
    await publish(document("year", tiers(12, ["150", "250"], ["0.5", "0.6", "0.9"])))
    one = await home(district_id, code="year")
    for k in range(1, 14):
        await one.read(at(date(2026 + k // 12, k % 12 + 1, 1)), peak_wh=100_000 * k)
    await bill("2027-02-02")
    totals = [each["total_fen"] for each in await one.bills()]
    assert totals[:2] == [50_00, 25_00 + 30_00]
    assert totals[-1] == 50_00
    assert sum(totals[:12]) == 75_00 + 60_00 + 950 * 90


async def test_a_monthly_tier_cycle_starts_again_with_the_month(district_id):
    await publish(document("month", tiers(1, ["100"], ["0.5", "1"])))
    one = await home(district_id, code="month")
    await one.read(at("2026-02-01"), peak_wh=150_000)
    await bill("2026-02-01")
    await one.read(at("2026-02-10"), peak_wh=200_000)
    assert (await one.position())["unbilled_fen"] == 25_00
    assert [each["total_fen"] for each in await one.bills()] == [100_00]


async def test_a_reading_day_makes_its_own_months(district_id):
    one = await home(district_id)
    await run("insert into bill_cycle values ($1, 15)", one.account_id)
    await one.read(at("2026-01-15"), peak_wh=10_000)
    await one.read(at("2026-02-15"), peak_wh=40_000)
    await bill("2026-02-15")
    found = [(str(each["first_day"]), str(each["until"])) for each in await one.bills()]
    assert found == [("2026-01-01", "2026-01-15"), ("2026-01-15", "2026-02-15")]


async def test_a_price_that_changes_inside_is_cut_at_the_reading_of_that_day(district_id):
    await publish(
        document("flat", {"kind": "energy", "price": "0.55"}, valid_to="2026-01-15"),
        document("flat", {"kind": "energy", "price": "0.58"}, version="2", valid_from="2026-01-15"),
    )
    one = await home(district_id, code="flat")
    await one.read(at("2026-01-15"), peak_wh=100_000)
    await one.read(at("2026-02-01"), peak_wh=310_000)
    await bill("2026-02-01")
    (found,) = await one.bills()
    amounts = [(line["quantity"], line["amount_fen"]) for line in await one.lines(found["id"])]
    assert amounts == [(100_000, 55_00), (210_000, 121_80)]
    assert not found["estimated"]


async def test_without_a_reading_of_that_day_it_is_cut_by_days(district_id):
    await publish(
        document("flat", {"kind": "energy", "price": "0.55"}, valid_to="2026-01-15"),
        document("flat", {"kind": "energy", "price": "0.58"}, version="2", valid_from="2026-01-15"),
    )
    one = await home(district_id, code="flat")
    await one.read(at("2026-02-01"), peak_wh=310_000)
    await bill("2026-02-01")
    (found,) = await one.bills()
    lines = await one.lines(found["id"])
    assert [line["quantity"] for line in lines] == [140_000, 170_000]
    assert [line["amount_fen"] for line in lines] == [77_00, 98_60]
    assert found["total_fen"] == 175_60
    assert found["estimated"]


async def test_a_part_that_ends_inside_its_month_is_charged_under_its_own_price(district_id):
    await publish(
        document("flat", {"kind": "energy", "price": "0.55"}, valid_to="2026-01-15"),
        document("flat", {"kind": "energy", "price": "0.58"}, version="2", valid_from="2026-01-15"),
    )
    one = await home(district_id, code="flat", fen=100_000)
    await one.read(at("2026-01-15"), peak_wh=100_000)
    assert (await bill("2026-01-15")).issued == 0
    assert (await one.position())["unbilled_fen"] == 55_00
    await one.read(at("2026-02-01"), peak_wh=310_000)
    was = await one.position()
    assert (was["unbilled_fen"], was["unbilled_wh"]) == (55_00 + 121_80, 310_000)
    await bill("2026-02-01")
    now = await one.position()
    assert now["available_fen"] == was["available_fen"]
    assert (now["unbilled_fen"], now["closed_fen"], now["closed_wh"]) == (0, 0, 0)
    assert await value("select count(*) from open_bill_part") == 0


async def test_readings_after_the_period_belong_to_the_next(district_id):
    one = await home(district_id, fen=10_000)
    await record(
        [
            one.reading(at("2026-01-31", 23), peak_wh=99_000),
            one.reading(at("2026-02-01", 1), peak_wh=101_000),
            one.reading(at("2026-02-03"), peak_wh=120_000),
        ],
        now=at("2026-02-03"),
    )
    await bill("2026-02-03")
    (found,) = await one.bills()
    assert (found["energy_wh"], found["estimated"]) == (100_000, True)
    assert (await one.position())["unbilled_wh"] == 20_000


async def test_a_missing_reading_is_waited_for_and_then_holds_the_bill(district_id):
    silent, fine = await home(district_id), await home(district_id)
    await fine.read(at("2026-02-01"), peak_wh=10_000)
    assert (await bill("2026-02-01")).issued == 1
    assert await silent.bills() == []
    done = await bill("2026-02-02")
    assert (done.issued, done.held, done.reasons) == (0, 1, (("MISSING_READ", 1), ("ZERO", 1)))
    assert (await silent.bills())[0]["reasons"] == ["MISSING_READ", "ZERO"]


async def test_a_meter_that_falls_silent_is_estimated_and_marked(district_id):
    one = await home(district_id, fen=100_000)
    for day in range(1, 29):
        await one.read(at(date(2026, 1, 1 + day)), peak_wh=10_000 * day)
    done = await bill("2026-02-03")
    assert (done.issued, done.held) == (1, 0)
    (found,) = await one.bills()
    assert found["estimated"]
    assert found["energy_wh"] == 310_000


@pytest.mark.parametrize(
    ("used", "reasons"),
    [(0, ["ZERO"]), (9_000_000, ["SPIKE"]), (350_000, [])],
)
async def test_what_looks_wrong_is_held_with_its_reason(district_id, used, reasons):
    one, other = await home(district_id), await home(district_id)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=200_000 * k)
        await other.read(at(day), peak_wh=200_000 * k)
    await one.read(at("2026-04-01"), peak_wh=400_000 + used)
    await other.read(at("2026-04-01"), peak_wh=600_000)
    await bill("2026-04-01")
    found = (await one.bills())[-1]
    assert found["reasons"] == reasons
    assert found["state"] == ("HELD" if reasons else "ISSUED")
    assert (await other.bills())[-1]["state"] == "ISSUED"
    if reasons:
        posted = await rows(
            "select 1 from ledger_transfer where source = $1", f"bill:{found['id']}"
        )
        assert posted == []


async def test_a_hole_in_the_tariff_holds_the_bill_unrated(district_id):
    await publish(
        document("gap", {"kind": "energy", "price": "0.5"}, valid_to="2026-01-20"),
    )
    one = await home(district_id, code="gap", fen=1_000)
    await one.read(at("2026-02-01"), peak_wh=31_000)
    await bill("2026-02-01")
    (found,) = await one.bills()
    assert (found["state"], found["reasons"], found["total_fen"]) == ("HELD", ["TARIFF_HOLE"], None)
    assert await one.lines(found["id"]) == []


async def test_a_held_bill_waits_and_its_charge_stays_unbilled(district_id):
    one = await home(district_id, fen=100_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    await one.read(at("2026-04-01"), peak_wh=5_000_000)
    await bill("2026-04-01")
    was = await one.position()
    assert was["unbilled_fen"] == was["closed_fen"] > 0
    await one.read(at("2026-05-01"), peak_wh=5_100_000)
    assert (await bill("2026-05-01")).accounts == 0
    assert len(await one.bills()) == 3


async def test_an_account_of_industry_pays_for_capacity_demand_and_its_power_factor(district_id):
    table = {"standard": "0.90", "penalties": [{"to": "0.70", "percent": "0.5"}]}
    await publish(
        document(
            "industry",
            {"kind": "energy", "price": "0.50"},
            {"kind": "per_kva", "price": "20", "proration": "whole"},
            {"kind": "demand", "price": "30", "mode": "measured", "proration": "whole"},
            {"kind": "power_factor", **table, "of": ["energy"]},
        )
    )
    one = await home(district_id, code="industry", fen=10_000_000)
    await customer.state_service(
        one.account_id,
        customer.ServiceFacts(capacity_va=100_000, declared_w=0),
        since=date(2026, 1, 1),
        actor=base.Actor("OPERATOR", 1),
        now=OPENED,
    )
    await one.read(at("2026-01-20", 8), peak_wh=400_000)
    await one.read(at("2026-01-20", 9), peak_wh=412_000)
    await one.read(at("2026-02-01"), peak_wh=800_000)
    await metering.record_further(
        [
            metering.FurtherReading(one.seeded.meter_id, at("2026-01-01"), import_varh=0),
            metering.FurtherReading(one.seeded.meter_id, at("2026-02-01"), import_varh=600_000),
        ],
        now=at("2026-02-01"),
    )
    await bill("2026-02-01")
    (found,) = await one.bills()
    told = await billing.bill_of(found["id"])
    amounts = {line.line: (line.quantity, line.amount_fen) for line in told.lines}
    assert amounts == {
        "energy": (800_000, 400_00),
        "per_kva": (100_000, 2_000_00),
        "demand": (12_000, 360_00),
        "power_factor": (400_00, 20_00),
    }
    assert (await billing.recompute(found["id"])).is_same


async def test_money_that_comes_later_pays_what_is_open(district_id):
    one = await home(district_id, fen=1_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    await one.seeded.pays(10_000, at=at("2026-02-02"))
    was = await one.position()
    async with base.transaction():
        await customer.lock([one.account_id])
        await billing.settle(one.account_id, source="payment:test", now=at("2026-02-02"))
        await accrual.accrue([one.account_id], now=at("2026-02-02"))
    now = await one.position()
    assert (now["receivable_fen"], now["prepaid_fen"]) == (0, 10_000 - 4_680)
    assert now["available_fen"] == was["available_fen"]
    async with base.transaction():
        assert await billing.settle(one.account_id, source="payment:none", now=OPENED) == 0


@pytest.mark.parametrize("read", [True, False])
async def test_an_unread_power_factor_is_not_adjusted_and_somebody_looks(district_id, read):
    table = {
        "standard": "0.90",
        "penalties": [{"to": "0.70", "percent": "0.5"}],
        "rewards": [{"to": "0.95", "percent": "0.15"}],
    }
    await publish(
        document(
            "industry",
            {"kind": "energy", "price": "0.50"},
            {"kind": "power_factor", **table, "of": ["energy"]},
        )
    )
    one = await home(district_id, code="industry", fen=10_000_000)
    await one.read(at("2026-02-01"), peak_wh=800_000)
    if read:
        await metering.record_further(
            [
                metering.FurtherReading(one.seeded.meter_id, at(day), import_varh=0)
                for day in ("2026-01-01", "2026-02-01")
            ],
            now=at("2026-02-01"),
        )
    await bill("2026-02-01")
    (found,) = await one.bills()
    (adjusted,) = [
        each["amount_fen"]
        for each in await one.lines(found["id"])
        if each["kind"] == "power_factor"
    ]
    if read:
        assert (found["state"], adjusted < 0) == ("ISSUED", True)
    else:
        assert (found["state"], found["reasons"], adjusted) == ("HELD", ["MISSING_REACTIVE"], 0)
    assert (await billing.recompute(found["id"])).is_same


_FAULT = """
create function fault() returns trigger language plpgsql as $$
begin
  if new.account_id = any({}::bigint[]) then raise 'as if a program were wrong'; end if;
  return new;
end $$
"""


async def put_fault(homes: list[Home]) -> None:
    await run(_FAULT.format(f"array{[one.account_id for one in homes]}"))
    await run("create trigger fault before insert on bill for each row execute function fault()")


async def test_an_account_with_a_fault_is_passed_over_and_all_others_get_their_bills(
    district_id, caplog
):
    homes = [await home(district_id, fen=10_000) for _ in range(7)]
    for one in homes:
        await one.read(at("2026-02-01"), peak_wh=100_000)
    await put_fault(homes[3:4])
    done = await bill("2026-02-01")
    assert (done.accounts, done.issued, done.held, done.reasons) == (7, 6, 0, (("FAULT", 1),))
    assert [len(await one.bills()) for one in homes] == [1, 1, 1, 0, 1, 1, 1]
    assert f"account {homes[3].account_id} could not be billed" in caplog.text
    await run("drop trigger fault on bill")
    again = await bill("2026-02-01")
    assert (again.accounts, again.issued, again.reasons) == (1, 1, ())


async def test_a_fault_that_is_nobodys_in_particular_ends_the_run_where_it_stands(district_id):
    homes = [await home(district_id, fen=10_000) for _ in range(23)]
    for one in homes:
        await one.read(at("2026-02-01"), peak_wh=100_000)
    await put_fault(homes[1:])
    with pytest.raises(Exception, match="as if a program were wrong"):
        await bill("2026-02-01")
    assert await value("select count(*) from bill") == 1
    (found,) = await rows("select reached, accounts, ended_at from bill_run")
    assert found == {"reached": homes[20].account_id, "accounts": 21, "ended_at": None}
