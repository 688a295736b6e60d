"""Take an account into charge control."""

from datetime import datetime

from domain import accrual, command
from domain.base import rows, transaction

from ._review import review


async def enrol(account_id: int, *, now: datetime, cycle_wh: int = 0) -> None:
    """Start the balance of an account whose meters are installed, and watch over it.

    The account is looked at for the first time: nobody is tripped by the change itself, because a
    trip needs notices that were delivered.
    """
    async with transaction():
        for meter in await rows("select id from meter where account_id = $1", account_id):
            await command.attach(meter["id"], account_id=account_id)
        await accrual.start(account_id, now=now, cycle_wh=cycle_wh)
        await accrual.accrue([account_id], now=now)
        await review(account_id, now=now)
