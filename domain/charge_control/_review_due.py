"""Review what the clock has made due."""

from datetime import datetime

from domain import customer
from domain.base import transaction, value

from ._review import review

# The account is locked, not the row of the clock: everybody else takes them in that order.
_DUE = f"""
select a.id from control c join account a on a.id = c.account_id
where c.review_at <= $1 and c.account_id <> all($2) and {customer.REACHABLE}
order by c.review_at limit 1 for no key update of a skip locked
"""


async def review_due(*, limit: int, now: datetime) -> int:
    """Review up to `limit` accounts whose time has come; return how many.

    Each in its own transaction. One account that cannot be reviewed does not hold up the others:
    its fault is raised after them, and its time stays due.
    """
    faults: dict[int, Exception] = {}
    done = 0
    while done < limit:
        account_id: int | None = None
        try:
            async with transaction():
                account_id = await value(_DUE, now, list(faults))
                if account_id is None:
                    break
                await review(account_id, now=now)
        except Exception as fault:  # kept for the end, raised there
            if account_id is None:
                raise
            faults[account_id] = fault
        done += 1
    if faults:
        raise ExceptionGroup(f"reviews of accounts {sorted(faults)}", list(faults.values()))
    return done


async def next_review_at() -> datetime | None:
    """Return when the next account becomes due, or None."""
    found: datetime | None = await value("select min(review_at) from control")
    return found
