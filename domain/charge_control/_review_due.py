"""Review what the clock has made due."""

from datetime import datetime

from domain.base import rows, transaction, value

from ._review import review

# The account is locked, not the row of the clock: everybody else takes them in that order.
_DUE = """
select a.id from control c join account a on a.id = c.account_id
where c.review_at <= $1 order by c.review_at limit 1 for no key update of a skip locked
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
            await review(due[0]["id"], now=now)
    return limit


async def next_review_at() -> datetime | None:
    """Return when the next account becomes due, or None."""
    found: datetime | None = await value("select min(review_at) from control")
    return found
