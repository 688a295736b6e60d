"""Follow the supply of a meter no more."""

from datetime import datetime

from domain.base import run

from ._life import OPEN_STATES, State


async def detach(meter_id: int, *, now: datetime) -> None:
    """Forget the supply of a meter that was taken down; its open commands are cancelled.

    The caller holds the account's lock. The history of its supply stays.
    """
    # The supply before the commands, as `hear` locks them.
    await run("delete from supply where meter_id = $1", meter_id)
    await run(
        "update command set state = $2, closed_at = $3 where meter_id = $1 and state = any($4)",
        meter_id,
        State.CANCELED,
        now,
        list(OPEN_STATES),
    )
