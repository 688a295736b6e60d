"""Transfers of many accounts at once are the transfers of each, and happen once."""

import random
from datetime import datetime

import asyncpg
import pytest

from domain import customer, ledger
from domain.base import rows, transaction
from domain.ledger import Entry, Kind
from tests.domain.ground import ground

AT = datetime.fromisoformat("2026-03-02T10:00+08:00")


@pytest.fixture
async def account_ids(database) -> list[int]:
    laid = await ground(now=AT)
    found = [laid.account_id]
    for k in range(4):
        new = customer.NewAccount(f"77{k}", "", f"1370000000{k}", "", tariff="T", strategy="S")
        opened = await customer.open_account(new, district_id=laid.district_id, now=AT)
        found.append(opened.account_id)
    return found


async def books() -> list[dict]:
    return [
        *await rows(
            """select t.account_id, d.kind as debit, c.kind as credit, t.amount_fen, t.kind,
                 t.source from ledger_transfer t join ledger_account d on d.id = t.debit_id
               join ledger_account c on c.id = t.credit_id order by t.source, t.kind"""
        ),
        *await rows(
            "select account_id, kind, balance_fen from ledger_account"
            " where account_id is not null order by account_id, kind"
        ),
    ]


def entries(account_ids: list[int]) -> list[Entry]:
    chance = random.Random(5)
    found = []
    for k, account_id in enumerate(account_ids):
        paid, billed = chance.randrange(1, 10_000), chance.randrange(1, 10_000)
        sources = (f"payment:{k}", f"bill:{k}")
        found += [
            Entry(account_id, Kind.CHANNEL, Kind.PREPAID, paid, "PAYMENT", sources[0]),
            Entry(account_id, Kind.RECEIVABLE, Kind.REVENUE, billed, "BILL", sources[1]),
            Entry(account_id, Kind.PREPAID, Kind.RECEIVABLE, 1, "SETTLE", sources[1]),
        ]
    return found


async def test_many_at_once_are_the_same_as_one_by_one(account_ids):
    wanted = entries(account_ids)
    try:
        async with transaction():
            for entry in wanted:
                await ledger.post(entry, at=AT)
            singly = await books()
            raise _Undone
    except _Undone:
        pass
    assert await ledger.balances_of(account_ids) == {}
    await ledger.post_many(wanted, at=AT)
    assert await books() == singly
    balances = await ledger.balances_of(account_ids)
    assert {k: each.prepaid_fen for k, each in balances.items()} == {
        account_id: await ledger.balance_of(account_id, Kind.PREPAID) for account_id in account_ids
    }


async def test_the_transfers_of_an_account_are_one_transaction(account_ids):
    await ledger.post_many(entries(account_ids), at=AT)
    found = await rows(
        """select account_id, count(distinct transaction_id) as numbers
           from ledger_transfer group by account_id"""
    )
    assert {each["numbers"] for each in found} == {1}
    numbers = await rows("select distinct transaction_id from ledger_transfer")
    assert len(numbers) == len(account_ids)


async def test_one_cause_that_was_posted_refuses_all_of_the_batch(account_ids):
    wanted = entries(account_ids)
    await ledger.post(wanted[4], at=AT)
    before = await books()
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.post_many(wanted, at=AT)
    assert await books() == before


async def test_nothing_to_post_is_nothing(account_ids):
    await ledger.post_many([], at=AT)
    assert await books() == []


class _Undone(Exception):
    pass
