"""Tell the house that bills have gone out, or were corrected."""

from collections.abc import Sequence
from datetime import date

from domain import outbox

_AT_ONCE = 100
"""So many bills are one fact: a job of a second, not of minutes."""


async def announce(bill_ids: Sequence[int]) -> None:
    """Note as facts that these bills are issued."""
    for k in range(0, len(bill_ids), _AT_ONCE):
        await outbox.add("bills.issued", bill_ids=list(bill_ids[k : k + _AT_ONCE]))


async def announce_correction(
    account_id: int, replacement_ids: Sequence[int], *, since: date, difference_fen: int
) -> None:
    """Note as a fact that these bills took the place of others, from the day `since` on."""
    await outbox.add(
        "bills.corrected",
        account_id=account_id,
        bill_ids=list(replacement_ids),
        first_day=since.isoformat(),
        difference_fen=difference_fen,
    )
