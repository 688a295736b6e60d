"""A command failed or expired: look at the account again, but not at once for ever."""

from datetime import datetime, timedelta

from domain.base import run

PAUSE = timedelta(hours=1)


async def follow_failure(account_id: int, *, now: datetime) -> None:
    """Ask for a review of the account in an hour, or sooner if one is due sooner.

    A meter that refuses is not told the same thing in a circle; a person has been called already
    where a close failed.
    """
    await run(
        "update control set review_at = least(review_at, $2) where account_id = $1",
        account_id,
        now + PAUSE,
    )
