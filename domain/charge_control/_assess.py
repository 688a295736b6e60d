"""From new readings to decisions, a batch at a time."""

from datetime import datetime

from domain import accrual
from domain.base import run, transaction, wait_for_disk

from ._review import review

_LEAVE = """
insert into control (account_id, review_at) select unnest($1::bigint[]), $2::timestamptz
on conflict (account_id) do update set review_at = least(control.review_at, excluded.review_at)
"""


async def assess(*, limit: int, now: datetime) -> int:
    """Accrue up to `limit` accounts with changed usage and review those that crossed a line.

    Returns how many accounts were accrued; 0 means that nothing had changed. Accrual and reviews
    are one transaction, so a crossing can not be computed and then forgotten. An account that
    cannot be reviewed keeps back nobody's balance: the reviews are left to `review_due` then, which
    takes each account on its own and raises the fault.
    """
    try:
        return await _accrued(limit=limit, now=now, reviewed=True)
    except Exception:  # ruff: ignore[blind-except] -- what is no fault of a review is raised again
        return await _accrued(limit=limit, now=now, reviewed=False)


async def _accrued(*, limit: int, now: datetime, reviewed: bool) -> int:
    async with transaction():
        batch = await accrual.accrue_changed(limit=limit, now=now)
        if batch.crossed:
            await wait_for_disk()
        if not reviewed:
            await run(_LEAVE, list(batch.crossed), now)
            return batch.accounts
        for account_id in batch.crossed:
            await review(account_id, now=now)
        return batch.accounts
