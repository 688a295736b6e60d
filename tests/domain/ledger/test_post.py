"""Transfers balance, happen once, and never change."""

import random
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import BaseORMException

from domain import customer, ledger
from domain.base import rows, run, transaction, value
from domain.ledger import Entry, Kind
from domain.ledger._accounts import CREDIT_RAISES, CUSTOMER_KINDS
from domain.ledger._entry import effect_fen
from tests.domain.ground import ground

AT = datetime.fromisoformat("2026-03-02T10:00+08:00")


@pytest.fixture
async def account_id(database) -> int:
    return (await ground(now=AT)).account_id


def payment(account_id: int, fen: int = 100, source: str = "payment:1") -> Entry:
    return Entry(account_id, Kind.CHANNEL, Kind.PREPAID, fen, "PAYMENT", source)


async def books() -> list[dict]:
    return [
        *await rows("select * from ledger_transfer order by id"),
        *await rows("select kind, balance_fen from ledger_account order by id"),
    ]


async def test_a_transfer_moves_both_sides(account_id):
    await ledger.post(payment(account_id), at=AT)
    assert await ledger.balance_of(account_id, Kind.PREPAID) == 100
    assert await ledger.system_balance_of(Kind.CHANNEL) == 100


async def test_several_transfers_are_one_transaction_or_none(account_id):
    bill = Entry(account_id, Kind.RECEIVABLE, Kind.REVENUE, 80, "BILL", "bill:1")
    paid = Entry(account_id, Kind.PREPAID, Kind.RECEIVABLE, 80, "APPLY", "bill:1")
    number = await ledger.post(payment(account_id), bill, paid, at=AT)
    found = await rows("select distinct transaction_id from ledger_transfer")
    assert [row["transaction_id"] for row in found] == [number]
    before = await books()
    again = Entry(account_id, Kind.RECEIVABLE, Kind.REVENUE, 1, "BILL", "bill:2")
    with pytest.raises(BaseORMException):
        await ledger.post(again, bill, at=AT)
    assert await books() == before


async def test_one_cause_is_posted_once(account_id):
    await ledger.post(payment(account_id), at=AT)
    before = await books()
    with pytest.raises(BaseORMException, match="ledger_transfer_once"):
        await ledger.post(payment(account_id, 250), at=AT)
    assert await books() == before


@pytest.mark.parametrize(
    "sql",
    [
        "update ledger_transfer set amount_fen = 1",
        "delete from ledger_transfer",
        "truncate ledger_transfer cascade",
    ],
)
async def test_a_transfer_cannot_be_changed_or_removed(account_id, sql):
    await ledger.post(payment(account_id), at=AT)
    before = await books()
    with pytest.raises(BaseORMException, match="immutable"):
        await run(sql)
    assert await books() == before


async def test_a_correction_is_one_reversal(account_id):
    await ledger.post(payment(account_id), at=AT)
    original = await value("select id from ledger_transfer")
    back = Entry(account_id, Kind.PREPAID, Kind.CHANNEL, 100, "REVERSAL", "payment:1")
    await ledger.post(back, at=AT, reverses_id=original)
    assert await ledger.balance_of(account_id, Kind.PREPAID) == 0
    before = await books()
    twice = Entry(account_id, Kind.PREPAID, Kind.CHANNEL, 100, "REVERSAL", "payment:1b")
    with pytest.raises(BaseORMException, match="reversed_once"):
        await ledger.post(twice, at=AT, reverses_id=original)
    assert await books() == before


@pytest.mark.parametrize("fen", [0, -1])
def test_a_transfer_moves_a_positive_amount(fen):
    with pytest.raises(AssertionError, match="positive"):
        payment(1, fen)


def test_a_transfer_has_two_sides():
    with pytest.raises(AssertionError, match="two sides"):
        Entry(1, Kind.PREPAID, Kind.PREPAID, 1, "X", "x")


KINDS = st.sampled_from(list(Kind))
ENTRIES = (
    st
    .tuples(KINDS, KINDS, st.integers(1, 10**12))
    .filter(lambda each: each[0] is not each[1])
    .map(lambda each: Entry(1, *each, kind="X", source="x"))
)


@given(st.lists(ENTRIES))
def test_whatever_is_moved_no_money_appears_or_vanishes(entries):
    owed_to_customers, system = 0, 0
    for entry in entries:
        for kind in CUSTOMER_KINDS:
            change = effect_fen(entry, kind, credit_raises=CREDIT_RAISES[kind])
            owed_to_customers += change if CREDIT_RAISES[kind] else -change
        system += entry.amount_fen if entry.debit not in CUSTOMER_KINDS else 0
        system -= entry.amount_fen if entry.credit not in CUSTOMER_KINDS else 0
    assert owed_to_customers == system


async def test_hundreds_of_random_transfers_leave_the_books_at_zero(account_id):
    chance = random.Random(7)
    async with transaction():
        await customer.lock([account_id])
        for n in range(200):
            debit, credit = chance.sample(list(Kind), 2)
            entry = Entry(account_id, debit, credit, chance.randrange(1, 10**6), "X", f"x:{n}")
            await ledger.post(entry, at=AT)
    prepaid = await ledger.balance_of(account_id, Kind.PREPAID)
    receivable = await ledger.balance_of(account_id, Kind.RECEIVABLE)
    system = [k for k in Kind if k not in CUSTOMER_KINDS]
    assert prepaid - receivable == sum([await ledger.system_balance_of(k) for k in system])
