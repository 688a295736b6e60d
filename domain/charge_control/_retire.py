"""Watch over an account no longer: it was closed."""

from datetime import datetime

from domain import accrual
from domain.base import run


async def retire(account_id: int, *, now: datetime) -> None:
    """End what goes on about its balance; nobody is warned or tripped any more.

    The caller holds the account's lock. A closed account's `review` decides nothing.
    """
    await run(
        "update episode set closed_at = $2 where account_id = $1 and closed_at is null",
        account_id,
        now,
    )
    await run("update control set review_at = null where account_id = $1", account_id)
    await accrual.watch(account_id, below_fen=None, below_days=None, above_fen=None)
