"""Review what the clock has made due."""

from datetime import datetime

from domain.base import rows, transaction, value

from ._review import review

_DUE = """
select account_id from control where review_at <= $1 order by review_at limit 1
for update skip locked
"""


async def review_due(*, limit: int, now: datetime) -> int:
    """Review up to `limit` accounts whose time has come; return how many.

    Each in its own transaction: one account that cannot be reviewed does not hold up the others.
    """
    for done in range(limit):
        async with transaction():
            due = await rows(_DUE, now)
            if not due:
                return done
            await review(due[0]["account_id"], now=now)
    return limit


async def next_review_at() -> datetime | None:
    """Return when the next account becomes due, or None."""
    found: datetime | None = await value("select min(review_at) from control")
    return found
