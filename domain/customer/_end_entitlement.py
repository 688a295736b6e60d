"""End what an account is entitled to."""

from datetime import date, datetime

from domain import audit
from domain.base import Actor, rows, transaction

from ._entitlement import NotEntitled
from ._lock import lock
from ._mark_changed import mark_changed

_END = """
update entitlement set until = $3
where account_id = $1 and name = $2 and since < $3 and (until is null or $3 < until) returning since
"""


async def end_entitlement(
    account_id: int, name: str, *, until: date, actor: Actor, now: datetime
) -> None:
    """End the entitlement: `until` is the first day on which it holds no longer.

    Refusals: NotEntitled, where nothing holds on the day before, or it ends there already.
    """
    async with transaction():
        await lock([account_id])
        if not await rows(_END, account_id, name, until):
            raise NotEntitled(account=account_id, name=name, until=until)
        detail = {"name": name, "until": until}
        subject = f"account:{account_id}"
        await audit.note(actor, "END_ENTITLEMENT", subject, detail=detail, now=now)
        await mark_changed(account_id)
