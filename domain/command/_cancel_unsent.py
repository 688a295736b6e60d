"""Take back what no meter can have seen."""

from datetime import datetime

from domain.base import rows

from ._life import State
from ._verb import Verb


async def cancel_unsent(account_id: int, verb: Verb, *, now: datetime) -> list[int]:
    """Cancel the account's commands of this verb that never left; return their ids.

    The caller holds the account's lock. A command that was sent even once is not cancelled: its
    outcome is unknown, and only a newer command settles it.
    """
    canceled = await rows(
        """update command set state = $3, closed_at = $4
           where account_id = $1 and verb = $2 and state = 'PENDING' and seq is null
           returning id""",
        account_id,
        int(verb),
        State.CANCELED,
        now,
    )
    return [row["id"] for row in canceled]
