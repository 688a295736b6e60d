"""Write the transfers of many accounts, set-based."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from domain.base import copy, rows, run, transaction

from ._accounts import CREDIT_RAISES, CUSTOMER_KINDS, Kind
from ._entry import Entry, effect_fen
from ._post import ensure, owner

_ACCOUNTS = """
select id, account_id, kind from ledger_account where account_id = any($1)
union all select id, account_id, kind from ledger_account where account_id is null
"""

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

Ids = dict[tuple[int | None, str], int]


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
        numbers = dict(
            zip(accounts, (n["id"] for n in await rows(_NUMBERS, len(accounts))), strict=True)
        )
        await copy(
            "ledger_transfer",
            _COLUMNS,
            [
                (
                    numbers[e.account_id],
                    e.account_id,
                    ids[owner(e, e.debit), e.debit],
                    ids[owner(e, e.credit), e.credit],
                    e.amount_fen,
                    e.kind,
                    e.source,
                    at,
                )
                for e in entries
            ],
        )
        await _move(entries, ids)


async def _ids(entries: Sequence[Entry]) -> Ids:
    accounts = sorted({entry.account_id for entry in entries})
    found = await _known(accounts)
    wanted = {(owner(e, kind), kind) for e in entries for kind in (e.debit, e.credit)}
    if wanted - found.keys():
        await ensure(wanted - found.keys())
        found = await _known(accounts)
    return found


async def _known(account_ids: list[int]) -> Ids:
    found = await rows(_ACCOUNTS, account_ids)
    return {(each["account_id"], Kind(each["kind"])): each["id"] for each in found}


async def _move(entries: Sequence[Entry], ids: Ids) -> None:
    changes: Counter[tuple[int, Kind]] = Counter()
    for entry in entries:
        for kind in CUSTOMER_KINDS:
            changes[entry.account_id, kind] += effect_fen(
                entry, kind, credit_raises=CREDIT_RAISES[kind]
            )
    moved = sorted((ids[key], key[0], fen) for key, fen in changes.items() if fen)
    if moved:
        await run(_BALANCES, *(list(column) for column in zip(*moved, strict=True)))
