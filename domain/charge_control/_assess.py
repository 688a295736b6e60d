"""From new readings to decisions, a batch at a time."""

from datetime import datetime

from domain import accrual
from domain.base import transaction, wait_for_disk

from ._review import review


async def assess(*, limit: int, now: datetime) -> int:
    """Accrue up to `limit` accounts with changed usage and review those that crossed a line.

    Returns how many accounts were accrued; 0 means that nothing had changed. Accrual and reviews
    are one transaction, so a crossing can not be computed and then forgotten.
    """
    async with transaction():
        batch = await accrual.accrue_changed(limit=limit, now=now)
        if batch.crossed:
            await wait_for_disk()
        for account_id in batch.crossed:
            await review(account_id, now=now)
        return batch.accounts
