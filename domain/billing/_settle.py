"""Let prepaid money pay what is open."""

from datetime import datetime

from domain import ledger
from domain.ledger import Balances

from ._postings import settled


async def settle(account_id: int, *, source: str, now: datetime) -> int:
    """Pay open bills from prepaid money, in the name of `source`, once; return how much.

    For the act that brings the money ("payment:12"): it holds the lock, and calls
    `accrual.accrue` afterwards. The available balance does not move.
    """
    found = await ledger.balances_of([account_id])
    balance = found.get(account_id, Balances())
    entries = settled(account_id, source, balance.prepaid_fen, balance.receivable_fen)
    await ledger.post_many(entries, at=now)
    return sum(entry.amount_fen for entry in entries)
