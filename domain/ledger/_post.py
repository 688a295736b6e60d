"""Write transfers into the ledger."""

from collections.abc import Collection
from datetime import datetime

from domain.base import rows, run, transaction, value

from ._accounts import CREDIT_RAISES, CUSTOMER_KINDS, Kind
from ._entry import Entry, effect_fen

_ENSURE = """
insert into ledger_account (account_id, kind, balance_fen)
select a, k, case when a is null then null else 0 end
from unnest($1::bigint[], $2::text[]) as w (a, k)
on conflict do nothing
"""

_TRANSFER = """
insert into ledger_transfer
  (transaction_id, account_id, debit_id, credit_id, amount_fen, kind, source, at, reverses_id)
select $1, $2, d.id, c.id, $5, $6, $7, $8, $9
from ledger_account d, ledger_account c
where d.kind = $3 and d.account_id is not distinct from $10
  and c.kind = $4 and c.account_id is not distinct from $11
returning id
"""

_BALANCE = (
    "update ledger_account set balance_fen = balance_fen + $3 where account_id = $1 and kind = $2"
)


async def post(*entries: Entry, at: datetime, reverses_id: int | None = None) -> int:
    """Post these transfers as one transaction and return its id.

    The caller holds the lock of every customer account named. Each entry either is wholly there
    afterwards, with both sides and the stored balances, or the whole act fails: the unique
    (source, kind) refuses to post the same cause twice.
    """
    async with transaction():
        transaction_id: int = await value("select nextval('ledger_transaction')")
        await ensure({(owner(e, kind), kind) for e in entries for kind in (e.debit, e.credit)})
        for entry in entries:
            await _transfer(entry, transaction_id=transaction_id, at=at, reverses_id=reverses_id)
        return transaction_id


def owner(entry: Entry, kind: Kind) -> int | None:
    return entry.account_id if kind in CUSTOMER_KINDS else None


async def ensure(wanted: Collection[tuple[int | None, Kind]]) -> None:
    owners, kinds = zip(*sorted(wanted, key=str), strict=True)
    await rows(_ENSURE, list(owners), [str(kind) for kind in kinds])


async def _transfer(
    entry: Entry, *, transaction_id: int, at: datetime, reverses_id: int | None
) -> None:
    written = await rows(
        _TRANSFER,
        transaction_id,
        entry.account_id,
        entry.debit,
        entry.credit,
        entry.amount_fen,
        entry.kind,
        entry.source,
        at,
        reverses_id,
        owner(entry, entry.debit),
        owner(entry, entry.credit),
    )
    assert len(written) == 1, "a transfer joins exactly two ledger accounts"
    for kind in CUSTOMER_KINDS:
        change = effect_fen(entry, kind, credit_raises=CREDIT_RAISES[kind])
        if change:
            await run(_BALANCE, entry.account_id, kind, change)
