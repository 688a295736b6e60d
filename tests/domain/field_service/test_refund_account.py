"""What is left of a closed account's money is paid back: once, no more, and in the books."""

import asyncio

import pytest

from domain import billing, charge_control, field_service, ledger, reporting
from domain.base import row, rows, value
from domain.field_service import refund_account
from domain.ledger import Kind
from tests import seed
from tests.api.conftest import counted
from tests.domain.billing.homes import OPENED, Home, at, bill, home
from tests.domain.field_service.test_close_account import CLERK, closed

TABLES = ("refund", "ledger_transfer", "audit_entry", "message")


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


async def left(district_id: int, fen: int = 50_000) -> tuple[Home, int]:
    """Return a home that has moved out, and what is left of its money."""
    one = await home(district_id, fen=fen)
    await one.read(at("2026-02-01"), peak_wh=100_000)
    await bill("2026-02-01")
    return one, (await closed(one, 130_000)).refundable_fen


async def refund(one: Home, fen: int, *, key: str = "k1", reference: str = "B-1"):
    return await refund_account(
        one.account_id,
        amount_fen=fen,
        reference=reference,
        idempotency_key=key,
        actor=CLERK,
        now=at("2026-02-12"),
    )


async def test_a_refund_leaves_the_account_and_is_told(district_id):
    one, rest = await left(district_id)
    done = await refund(one, rest)
    assert (done.amount_fen, done.replayed) == (rest, False)
    assert await ledger.balance_of(one.account_id, Kind.PREPAID) == 0
    assert await ledger.system_balance_of(Kind.REFUND) == -rest
    position = await one.position()
    assert (position["prepaid_fen"], position["available_fen"]) == (0, 0)
    assert await row("select action, detail from audit_entry order by id desc limit 1") == {
        "action": "REFUND_ACCOUNT",
        "detail": f'{{"refund_id": {done.id}, "amount_fen": {rest}}}',
    }
    told = await value("select text from message where kind = 'REFUNDED'")
    assert f"{rest // 100}.{rest % 100:02}元" in told
    assert {each.sentence for each in await reporting.verify() if each.breaches} == set()


async def test_the_same_key_again_is_the_first_refund(district_id):
    one, rest = await left(district_id)
    first = await refund(one, rest)
    before = await counted(*TABLES)
    again = await refund(one, rest)
    assert (again.id, again.number, again.replayed) == (first.id, first.number, True)
    for changed in ({"fen": rest - 1}, {"fen": rest, "reference": "B-2"}):
        with pytest.raises(field_service.KeyReused):
            await refund(one, **changed)
    assert await counted(*TABLES) == before
    other, _ = await left(district_id)
    before = await counted(*TABLES)
    with pytest.raises(field_service.KeyReused):
        await refund(other, rest)
    assert await counted(*TABLES) == before


async def test_two_at_once_are_one(district_id):
    one, rest = await left(district_id)
    found = await asyncio.gather(refund(one, rest), refund(one, rest))
    assert sorted(each.replayed for each in found) == [False, True]
    asked = [refund(one, 1, key=f"k{n}") for n in (2, 3)]
    late = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, field_service.NotRefundable) for each in late)
    assert await counted("refund") == (1,)


async def test_a_refund_may_come_in_parts_and_never_exceeds_what_is_left(district_id):
    one, rest = await left(district_id)
    await refund(one, 1_000, key="a")
    with pytest.raises(field_service.NotRefundable):
        await refund(one, rest - 999, key="b")
    await refund(one, rest - 1_000, key="b")
    assert (await one.position())["available_fen"] == 0


@pytest.mark.parametrize("fen", [0, -1, 10**9])
async def test_what_is_not_there_is_not_paid_back(district_id, fen):
    one, _ = await left(district_id)
    before = await counted(*TABLES)
    with pytest.raises(field_service.NotRefundable):
        await refund(one, fen)
    assert await counted(*TABLES) == before


async def test_an_open_account_an_unknown_one_and_a_held_bill_refuse(district_id):
    one = await home(district_id, fen=50_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    await bill("2026-03-01")
    before = await counted(*TABLES)
    with pytest.raises(field_service.AccountOpen):
        await refund(one, 100)
    with pytest.raises(charge_control.AccountUnknown):
        await refund_account(
            10**9,
            amount_fen=1,
            reference="B",
            idempotency_key="k",
            actor=CLERK,
            now=at("2026-02-12"),
        )
    assert await counted(*TABLES) == before
    done = await closed(one, 900_000, day="2026-03-10")
    assert done.is_held
    before = await counted("refund", "ledger_transfer", "message")
    with pytest.raises(billing.HeldBillFirst):
        await refund(one, 100)
    await billing.cancel(done.bill_id, why="wrong", actor=CLERK, now=at("2026-03-11"))
    with pytest.raises(field_service.NotRefundable):
        await refund(one, 50_000)
    assert await counted("refund", "ledger_transfer", "message") == before


async def test_a_refund_stays_as_it_was_written(district_id):
    one, rest = await left(district_id)
    await refund(one, rest)
    for sql in ("update refund set amount_fen = 1", "delete from refund"):
        with pytest.raises(Exception, match="immutable"):
            await rows(sql)
