"""Write the transfers of many accounts, set-based."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from domain.base import copy, rows, run, transaction

from ._accounts import CREDIT_RAISES, CUSTOMER_KINDS, Kind
from ._entry import Entry
from ._post import ensure, owner

_THEIRS = """
select account_id, max(id) filter (where kind = 'PREPAID') as prepaid,
  max(id) filter (where kind = 'RECEIVABLE') as receivable
from ledger_account where account_id = any($1) group by account_id
"""
_OWN = "select kind, id from ledger_account where account_id is null"

_NUMBERS = "select nextval('ledger_transaction') as id from generate_series(1, $1)"

_BALANCES = """
update ledger_account a set balance_fen = a.balance_fen + w.fen
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as w (id, account_id, fen)
where a.id = w.id and a.account_id = any($2::bigint[])
"""

_COLUMNS = (
    *("transaction_id", "account_id", "debit_id", "credit_id"),
    *("amount_fen", "kind", "source", "at"),
)

Ids = Mapping[Kind, Mapping[int | None, int | None]]
"""The id of each ledger account, by its kind and its customer; the utility's own under None."""


async def post_many(entries: Sequence[Entry], *, at: datetime) -> None:
    """Post these transfers, those of one account as one transaction: all of them or none.

    The caller holds the lock of every customer account named. As with `post`, the same
    (source, kind) is refused a second time; here the whole batch fails with it.
    """
    if not entries:
        return
    async with transaction():
        ids = await _ids(entries)
        accounts = sorted({entry.account_id for entry in entries})
        fresh = await rows(_NUMBERS, len(accounts))
        numbers = dict(zip(accounts, (each["id"] for each in fresh), strict=True))
        records = [
            (
                numbers[e.account_id],
                e.account_id,
                ids[e.debit][e.account_id if e.debit in CUSTOMER_KINDS else None],
                ids[e.credit][e.account_id if e.credit in CUSTOMER_KINDS else None],
                e.amount_fen,
                e.kind,
                e.source,
                at,
            )
            for e in entries
        ]
        await copy("ledger_transfer", _COLUMNS, records)
        await _move(entries, ids)


async def _ids(entries: Sequence[Entry]) -> Ids:
    accounts = sorted({entry.account_id for entry in entries})
    found = await _known(accounts)
    wanted = {
        (owner(entry, kind), kind)
        for entry in entries
        for kind in (entry.debit, entry.credit)
        if found[kind].get(owner(entry, kind)) is None
    }
    if wanted:
        await ensure(wanted)
        found = await _known(accounts)
    return found


async def _known(account_ids: list[int]) -> Ids:
    ids: dict[Kind, dict[int | None, int | None]] = {kind: {} for kind in Kind}
    for each in await rows(_OWN):
        ids[Kind(each["kind"])][None] = each["id"]
    prepaid, receivable = ids[Kind.PREPAID], ids[Kind.RECEIVABLE]
    for each in await rows(_THEIRS, account_ids):
        prepaid[each["account_id"]] = each["prepaid"]
        receivable[each["account_id"]] = each["receivable"]
    return ids


async def _move(entries: Sequence[Entry], ids: Ids) -> None:
    """Change the stored balances by what the transfers add up to, one row for each that moves."""
    moved: list[tuple[int | None, int, int]] = []
    for kind in CUSTOMER_KINDS:
        changes = _changes(entries, kind)
        moved += ((ids[kind][account], account, fen) for account, fen in changes.items() if fen)
    if moved:
        moved.sort(key=itemgetter(1))
        await run(_BALANCES, *(list(column) for column in zip(*moved, strict=True)))


def _changes(entries: Sequence[Entry], kind: Kind) -> dict[int, int]:
    sign = 1 if CREDIT_RAISES[kind] else -1
    found: dict[int, int] = {}
    for entry in entries:
        if entry.credit is kind:
            found[entry.account_id] = found.get(entry.account_id, 0) + sign * entry.amount_fen
        elif entry.debit is kind:
            found[entry.account_id] = found.get(entry.account_id, 0) - sign * entry.amount_fen
    return found
