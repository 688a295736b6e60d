"""Compute the available balance of some accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain import customer
from domain.base import rows, run, transaction

from ._charge import charge
from ._chosen import these
from ._plan_for import plan_as_ever, plan_for
from ._statement import CROSSED

_MONEY = """
update account_position p set prepaid_fen = m.prepaid_fen, receivable_fen = m.receivable_fen,
  available_fen = m.prepaid_fen - m.receivable_fen - p.late_fee_fen - p.unbilled_fen
from (
  select account_id,
    coalesce(sum(balance_fen) filter (where kind = 'PREPAID'), 0)::bigint as prepaid_fen,
    coalesce(sum(balance_fen) filter (where kind = 'RECEIVABLE'), 0)::bigint as receivable_fen
  from ledger_account where account_id = any($1) group by account_id
) m where p.account_id = m.account_id
"""

_POSITIONS = f"""
select p.account_id, p.available_fen, p.daily_fen, p.as_of, {CROSSED} as crossed
from account_position p where p.account_id = any($1) order by p.account_id
"""


@dataclass(frozen=True, slots=True)
class Accrued:
    """The new available balance of an account; `crossed`: a watch line was reached or passed."""

    account_id: int
    available_fen: int
    daily_fen: int
    as_of: datetime | None
    crossed: bool


async def accrue(account_ids: Collection[int], *, now: datetime) -> list[Accrued]:
    """Compute and store the available balance of these accounts (测算): money and charge.

    Takes the lock of the accounts. Every act that moves their money calls it in its transaction,
    so that a position never differs from the ledger.
    """
    ids = sorted(account_ids)
    async with transaction():
        await customer.lock(ids)
        await run(_MONEY, ids)
        chosen = these(ids)
        await plan_for(chosen)
        await charge(chosen, now=now)
        if chosen.is_many:
            await plan_as_ever()
        return [Accrued(**found) for found in await rows(_POSITIONS, ids)]
