"""An account is closed: read for the last time, billed to its day, and its money told apart."""

from datetime import date

import pytest

from domain import billing, charge_control, field_service, ledger, payment, reporting, worklist
from domain.base import Actor, row, rows, value
from domain.field_service import close_account
from domain.ledger import Kind
from tests import seed
from tests.api.conftest import counted
from tests.domain.billing.homes import OPENED, Home, at, bill, home

CLERK = Actor("OPERATOR", 7)


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


def reads(one: Home, peak_wh: int, valley_wh: int = 0) -> dict:
    return {one.seeded.serial: (peak_wh + valley_wh, 0, peak_wh, 0, valley_wh, 0)}


async def closed(one: Home, peak_wh: int, *, day: str = "2026-02-10", hour: int = 14):
    return await close_account(
        one.account_id, reads=reads(one, peak_wh), actor=CLERK, now=at(day, hour)
    )


async def test_the_last_bill_reaches_to_the_day_and_the_rest_is_refundable(district_id):
    one = await home(district_id, fen=50_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    done = await closed(one, 130_000)
    january, last = await one.bills()
    assert (str(last["first_day"]), str(last["until"])) == ("2026-02-01", "2026-02-11")
    assert (last["id"], last["state"], last["energy_wh"]) == (done.bill_id, "ISSUED", 30_000)
    assert last["total_fen"] == 30 * 56_80 // 100
    spent = january["total_fen"] + last["total_fen"]
    assert (done.is_held, done.refundable_fen, done.owed_fen) == (False, 50_000 - spent, 0)
    position = await one.position()
    assert (position["available_fen"], position["unbilled_fen"]) == (done.refundable_fen, 0)
    assert (await billing.recompute(last["id"])).is_same
    assert {each.sentence for each in await reporting.verify() if each.breaches} == set()


async def test_periods_that_wait_for_their_bill_are_billed_too(district_id):
    one = await home(district_id, fen=50_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await one.read(at("2026-03-01"), peak_wh=180_000)
    await closed(one, 200_000, day="2026-03-05")
    assert [(str(each["until"]), each["energy_wh"]) for each in await one.bills()] == [
        ("2026-02-01", 100_000),
        ("2026-03-01", 80_000),
        ("2026-03-06", 20_000),
    ]


async def test_nothing_is_billed_read_or_decided_after_the_last_day(district_id):
    one = await home(district_id, fen=1_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    done = await closed(one, 150_000)
    assert done.owed_fen > 0
    assert (await bill("2026-04-02")).accounts == 0
    before = await counted("message", "command", "decision")
    for day in ("2026-02-11", "2026-03-01"):
        await charge_control.review(one.account_id, now=at(day))
    assert await counted("message", "command", "decision") == before
    assert await value("select count(*) from supply") == 0
    assert (await row("select valid_to from agreement"))["valid_to"] == date(2026, 2, 11)


async def test_whoever_owes_may_still_pay_and_not_more(district_id):
    one = await home(district_id, fen=1_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    done = await closed(one, 150_000)
    await one.seeded.pays(done.owed_fen, at=at("2026-02-12"))
    assert await ledger.balance_of(one.account_id, Kind.RECEIVABLE) == 0
    with pytest.raises(payment.UnknownAccount):
        await one.seeded.pays(100, at=at("2026-02-13"))


async def test_a_last_bill_that_looks_wrong_waits_for_a_person(district_id):
    one = await home(district_id, fen=50_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    await bill("2026-03-01")
    done = await closed(one, 900_000, day="2026-03-10")
    assert (done.is_held, done.owed_fen) == (True, 0)
    out = await billing.release(done.bill_id, why="seen", actor=CLERK, now=at("2026-03-11"))
    assert out.state == "ISSUED"
    assert (await bill("2026-05-01")).accounts == 0


async def test_what_is_unfinished_refuses_and_nothing_moves(district_id):
    one, other = await home(district_id, fen=50_000), await home(district_id)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    tables = ("bill", "reading", "ledger_transfer", "audit_entry")
    before = await counted(*tables)
    with pytest.raises(field_service.LastReadMissing):
        await close_account(one.account_id, reads={}, actor=CLERK, now=at("2026-02-10"))
    with pytest.raises(field_service.LastReadMissing):
        wrong = reads(one, 130_000) | reads(other, 0)
        await close_account(one.account_id, reads=wrong, actor=CLERK, now=at("2026-02-10"))
    with pytest.raises(charge_control.AccountUnknown):
        await close_account(10**9, reads={}, actor=CLERK, now=at("2026-02-10"))
    with pytest.raises(seed.metering.ReadImplausible):
        await closed(one, 90_000)
    assert await counted(*tables) == before
    await worklist.open_task(
        "REPAIR",
        key="k",
        district_id=district_id,
        account_id=one.account_id,
        meter_id=None,
        detail={},
        now=at("2026-02-10"),
        due_at=at("2026-02-11"),
    )
    with pytest.raises(field_service.WorkUnfinished):
        await closed(one, 130_000)
    assert await counted(*tables) == before
    assert await rows("select 1 from account where closed_at is not null") == []


async def test_an_account_is_closed_once(district_id):
    one = await home(district_id, fen=50_000)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await closed(one, 130_000)
    with pytest.raises(field_service.AccountClosed):
        await closed(one, 130_000, day="2026-02-11")
