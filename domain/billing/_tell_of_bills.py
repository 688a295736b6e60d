"""Tell customers that a bill is out; it can wait for the morning."""

from collections.abc import Collection
from datetime import datetime, timedelta

from domain import notification
from domain.base import rows
from domain.notification import Wanted

_ISSUED = """
select id, account_id, first_day, until, total_fen, energy_wh from bill
where id = any($1) and kind = 'BILL' and state = 'ISSUED' order by id
"""


async def tell_of_bills(bill_ids: Collection[int], *, now: datetime, shadow: bool) -> None:
    """Queue a message for each of these bills that stands; asked again, it is the same one."""
    wanted = [
        Wanted(
            bill["account_id"],
            {
                "first_day": bill["first_day"],
                "last_day": bill["until"] - timedelta(days=1),
                "energy_wh": bill["energy_wh"],
                "amount_fen": bill["total_fen"],
            },
            f"bill:{bill['id']}",
        )
        for bill in await rows(_ISSUED, list(bill_ids))
    ]
    await notification.queue_many("BILL_ISSUED", wanted, now=now, shadow=shadow)
