"""Start the account of what is left."""

from datetime import datetime

from domain.base import run, transaction
from domain.metering import REGISTERS


async def start(account_id: int, *, now: datetime, cycle_wh: int = 0) -> None:
    """Open the account's first period at the present registers of its meters.

    `cycle_wh` is what was charged in the running tier cycle before, for an account that moves in
    from another system.
    """
    names = ", ".join(REGISTERS)
    async with transaction():
        await run(
            f"""insert into charge_base (meter_id, account_id, since, {names})
                select meter_id, account_id, measured_at, {names} from meter_register
                where account_id = $1""",
            account_id,
        )
        await run(
            """insert into account_position (account_id, cycle_wh, as_of, window_at, before_at)
               values ($1, $2, $3, $3, $3)""",
            account_id,
            cycle_wh,
            now,
        )
