"""Start the account of what is left."""

from datetime import datetime

from domain.base import run, transaction

from ._segment import OPEN_AT_REGISTERS


async def start(account_id: int, *, now: datetime, cycle_wh: int = 0) -> None:
    """Open the account's first period at the present registers of its meters.

    `cycle_wh` is what was charged in the running tier cycle before, for an account that moves in
    from another system.
    """
    async with transaction():
        await run(
            f"{OPEN_AT_REGISTERS} where r.account_id = $1 and m.removed_at is null", account_id
        )
        await run(
            """insert into account_position (account_id, cycle_wh, as_of, window_at, before_at)
               values ($1, $2, $3, $3, $3)""",
            account_id,
            cycle_wh,
            now,
        )
        await run("insert into charge_basis (account_id) values ($1)", account_id)
