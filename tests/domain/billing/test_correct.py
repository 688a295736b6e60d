"""A correction takes bills back and puts others in their place; nothing is edited."""

from datetime import date

import pytest
from tortoise.exceptions import BaseORMException

from domain import billing, ledger, metering
from domain.base import Actor, rows, run, value
from domain.ledger import Kind
from tests import seed

from .homes import OPENED, Home, at, bill, document, home, publish, record, tiers

CLERK = Actor("OPERATOR", 7)
SINCE = date(2026, 2, 1)


@pytest.fixture
async def district_id(database) -> int:
    found = await seed.district(now=OPENED)
    await publish(document("year", tiers(12, ["2760", "4800"], ["0.538", "0.588", "0.838"])))
    return found


async def misread(district_id: int, *, fen: int = 1_000_000) -> Home:
    """Return a home of case C58: 2000 kWh, then 1200 misread for 1020, then 100."""
    one = await home(district_id, code="year", fen=fen)
    for day, kwh in (("2026-02-01", 2_000), ("2026-03-01", 3_200), ("2026-04-01", 3_300)):
        await one.read(at(day), peak_wh=kwh * 1_000)
    await bill("2026-04-01")
    await one.read(at("2026-04-10"), peak_wh=3_400_000)
    return one


async def put_right(one: Home, *, kwh: int = 3_020) -> None:
    await metering.withdraw_reading(
        one.seeded.meter_id, at("2026-03-01"), actor=CLERK, reason="misread", now=at("2026-04-10")
    )
    await record([one.reading(at("2026-03-01"), peak_wh=kwh * 1_000)], now=at("2026-04-10"))


async def misplace(one: Home, *, kwh: int) -> None:
    await run(
        "update reading set total_wh = $3, peak_wh = $3 where meter_id = $1 and measured_at = $2",
        one.seeded.meter_id,
        at("2026-03-01"),
        kwh * 1_000,
    )


async def correct(one: Home) -> billing.Correction:
    return await billing.correct(
        one.account_id, since=SINCE, why="misread", actor=CLERK, now=at("2026-04-10")
    )


def amounts(found: list[dict]) -> list[tuple]:
    return [(each["kind"], each["state"], each["total_fen"]) for each in found]


async def test_a_misread_month_is_rated_again_through_the_tiers_of_the_year(district_id):
    one = await misread(district_id)
    assert [each["total_fen"] for each in await one.bills()] == [1_076_00, 667_60, 58_80]
    await put_right(one)
    done = await correct(one)
    assert amounts(await one.bills()) == [
        ("BILL", "ISSUED", 1_076_00),
        ("BILL", "REVERSED", 667_60),
        ("BILL", "REVERSED", 58_80),
        ("REVERSAL", "ISSUED", -667_60),
        ("REVERSAL", "ISSUED", -58_80),
        ("BILL", "ISSUED", 561_76),
        ("BILL", "ISSUED", 164_64),
    ]
    assert 667_60 - 561_76 == 105_84
    assert done.difference_fen == -105_84 + 105_84
    assert done.replacement_ids == tuple(each["id"] for each in (await one.bills())[-2:])


async def test_the_ledger_carries_reversals_that_name_their_originals(district_id):
    one = await misread(district_id, fen=1_000_00)
    await put_right(one)
    done = await correct(one)
    found = await rows(
        """select r.source, o.source as original, r.amount_fen = o.amount_fen as same,
             (r.debit_id, r.credit_id) = (o.credit_id, o.debit_id) as mirrored
           from ledger_transfer r join ledger_transfer o on o.id = r.reverses_id order by r.id"""
    )
    assert [(each["source"], each["original"]) for each in found] == [
        (f"bill:{reversal}", f"bill:{wrong}")
        for reversal, wrong in zip(done.reversal_ids, done.reversed_ids, strict=True)
    ]
    assert all(each["same"] and each["mirrored"] for each in found)
    live = sum(each["total_fen"] for each in await one.bills())
    assert await ledger.system_balance_of(Kind.REVENUE) == -live
    owed = await ledger.balance_of(one.account_id, Kind.RECEIVABLE)
    prepaid = await ledger.balance_of(one.account_id, Kind.PREPAID)
    assert prepaid - owed == 1_000_00 - live
    assert min(prepaid, owed) == 0


async def test_correcting_back_gives_the_first_bills_again(district_id):
    one = await misread(district_id)
    first = [await one.lines(each["id"]) for each in await one.bills()]
    before = await one.position()
    await put_right(one)
    await correct(one)
    await misplace(one, kwh=3_200)
    done = await correct(one)
    again = [await one.lines(number) for number in done.replacement_ids]

    def said(lines: list[dict]) -> list[dict]:
        return [{k: v for k, v in line.items() if k != "bill_id"} for line in lines]

    assert [said(lines) for lines in again] == [said(lines) for lines in first[1:]]
    after = await one.position()
    for name in ("available_fen", "unbilled_fen", "billed_fen", "cycle_wh"):
        assert after[name] == before[name]


async def test_the_open_period_counts_on_from_the_corrected_bills(district_id):
    one = await home(district_id, code="year", fen=1_000_000)
    await one.read(at("2026-02-01"), peak_wh=2_700_000)
    await one.read(at("2026-02-10"), peak_wh=2_800_000)
    await bill("2026-02-10")
    was = await one.position()
    await run(
        "update reading set total_wh = total_wh - 200000, peak_wh = peak_wh - 200000"
        " where meter_id = $1 and measured_at = $2",
        one.seeded.meter_id,
        at("2026-02-01"),
    )
    await billing.correct(
        one.account_id, since=date(2026, 1, 1), why="x", actor=CLERK, now=at("2026-02-10")
    )
    now = await one.position()
    assert now["cycle_wh"] == 2_500_000
    assert now["unbilled_wh"] == 300_000
    charged = {p["billed_fen"] + p["unbilled_fen"] for p in (was, now)}
    assert len(charged) == 1
    assert now["available_fen"] == was["available_fen"]


async def test_where_nothing_comes_out_otherwise_nothing_moves(district_id):
    one = await misread(district_id)
    before = await one.bills(), await value("select count(*) from ledger_transfer")
    position = await one.position()
    done = await correct(one)
    assert (done.reversed_ids, done.difference_fen) == ((), 0)
    assert (await one.bills(), await value("select count(*) from ledger_transfer")) == before
    assert await one.position() == position


async def test_a_wrong_tariff_is_corrected_like_a_wrong_reading(district_id):
    await publish(document("flat", {"kind": "energy", "price": "0.50"}))
    one = await misread(district_id)
    await run("update agreement set tariff_code = 'flat' where account_id = $1", one.account_id)
    await billing.correct(
        one.account_id, since=date(2026, 1, 1), why="x", actor=CLERK, now=at("2026-04-10")
    )
    live = [each for each in await one.bills() if each["state"] == "ISSUED"]
    assert [each["total_fen"] for each in live if each["kind"] == "BILL"] == [
        1000_00,
        600_00,
        50_00,
    ]


async def test_a_held_bill_comes_first(district_id):
    one = await misread(district_id)
    await one.read(at("2026-05-01"), peak_wh=3_400_000)
    await one.read(at("2026-06-01"), peak_wh=3_400_000)
    await bill("2026-06-01")
    before = await one.bills()
    assert before[-1]["state"] == "HELD"
    with pytest.raises(billing.HeldBillFirst):
        await correct(one)
    assert await one.bills() == before


async def test_a_bill_is_never_edited(district_id):
    await misread(district_id)
    for sql in (
        "update bill set total_fen = 1",
        "delete from bill",
        "update bill_line set amount_fen = 1",
        "delete from bill_line",
    ):
        with pytest.raises(BaseORMException, match=r"immutable|never edited"):
            await run(sql)


async def test_a_reversal_takes_the_tax_that_prices_contain_back_too(district_id):
    vat = {"kind": "tax", "rates": [{"percent": "13"}], "included": True}
    await publish(document("taxed", {"kind": "energy", "price": "1.13"}, vat))
    one = await home(district_id, code="taxed", fen=1_000_000)
    for day, kwh in (("2026-02-01", 100), ("2026-03-01", 300)):
        await one.read(at(day), peak_wh=kwh * 1_000)
    await bill("2026-03-01")
    await put_right(one, kwh=200)
    done = await correct(one)
    taxes = {}
    for name, bill_id in (
        ("wrong", done.reversed_ids[0]),
        ("reversal", done.reversal_ids[0]),
        ("right", done.replacement_ids[0]),
    ):
        lines = (await billing.bill_of(bill_id)).lines
        taxes[name] = [each.contained_fen for each in lines if each.rule == "tax"]
        assert (await billing.recompute(bill_id)).is_same
    assert taxes == {"wrong": [2_600], "reversal": [-2_600], "right": [1_300]}
