"""Questions to the ledger."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.base import rows, value

from ._accounts import CUSTOMER_KINDS, Kind


@dataclass(frozen=True, slots=True)
class Balances:
    """What a customer has paid in advance and what the customer owes, in fen."""

    prepaid_fen: int = 0
    receivable_fen: int = 0


async def balances_of(account_ids: Collection[int]) -> dict[int, Balances]:
    """Return the stored balances of these customers; those without any transfer are left out."""
    found = await rows(
        """select account_id,
             coalesce(sum(balance_fen) filter (where kind = 'PREPAID'), 0)::bigint as prepaid_fen,
             coalesce(sum(balance_fen) filter (where kind = 'RECEIVABLE'), 0)::bigint
               as receivable_fen
           from ledger_account where account_id = any($1) group by account_id""",
        sorted(account_ids),
    )
    return {
        each["account_id"]: Balances(each["prepaid_fen"], each["receivable_fen"]) for each in found
    }


async def balance_of(account_id: int, kind: Kind) -> int:
    """Return a customer's balance in fen, as stored: prepaid money, or money owed."""
    assert kind in CUSTOMER_KINDS, "system accounts are summed: system_balance_of"
    found = await value(
        "select balance_fen from ledger_account where account_id = $1 and kind = $2",
        account_id,
        kind,
    )
    return int(found or 0)


async def system_balance_of(kind: Kind) -> int:
    """Return the sum of debits less credits, in fen, of one of the utility's own accounts."""
    found = await rows(
        """select coalesce(sum(case when t.debit_id = a.id then amount_fen else -amount_fen end), 0)
                  ::bigint as balance_fen
           from ledger_account a join ledger_transfer t on a.id in (t.debit_id, t.credit_id)
           where a.account_id is null and a.kind = $1""",
        kind,
    )
    return int(found[0]["balance_fen"])
