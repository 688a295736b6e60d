"""Tell a customer that bills were corrected (退补)."""

from collections.abc import Collection
from datetime import date, datetime

from domain import notification


async def tell_of_correction(
    account_id: int,
    bill_ids: Collection[int],
    *,
    since: date,
    difference_fen: int,
    now: datetime,
    shadow: bool,
) -> None:
    """Queue one message for a correction, named by the last bill that it put in place."""
    await notification.queue(
        "BILL_CORRECTED",
        account_id=account_id,
        params={"first_day": since, "amount_fen": difference_fen},
        key=f"bill-corrected:{max(bill_ids)}",
        now=now,
        shadow=shadow,
    )
