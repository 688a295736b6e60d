"""Issue bills: from now on they are owed."""

from collections.abc import Sequence
from datetime import datetime

from domain import accrual, ledger, metering
from domain.accrual import Turn

from ._postings import Owed, postings


async def issue(owed: Sequence[Owed], turns: Sequence[Turn], *, now: datetime) -> None:
    """Post these bills, at most one for each account, and move the accounts on.

    The caller holds the locks. The available balance of nobody changes by what is posted: the
    receivable grows by what the unbilled charge loses. Prepaid money settles what it can.
    """
    balances = await ledger.balances_of({bill.account_id for bill in owed})
    await ledger.post_many(postings(owed, balances), at=now)
    await accrual.turn(turns)
    crossed = [
        each.account_id
        for each in await accrual.accrue({each.account_id for each in turns}, now=now)
        if each.crossed
    ]
    if crossed:
        # Rating in two parts may have moved a balance over a line: let it be looked at.
        await metering.mark_changed(crossed)
