"""Entitle an account to something."""

from datetime import datetime

from domain import audit
from domain.base import Actor, run, transaction, value

from ._entitlement import EntitlementOverlap, Held
from ._lock import lock
from ._mark_changed import mark_changed

_OVERLAP = """
select 1 from entitlement where account_id = $1 and name = $2
and since < coalesce($4::date, 'infinity') and $3::date < coalesce(until, 'infinity')
"""


async def grant_entitlement(account_id: int, held: Held, *, actor: Actor, now: datetime) -> None:
    """Entitle the account from a day on; its charge to date follows at once.

    Bills of the past stay as they are: they are corrected, not edited. Refusals:
    EntitlementRefused, EntitlementOverlap.
    """
    held.refuse_nonsense()
    async with transaction():
        await lock([account_id])
        if await value(_OVERLAP, account_id, held.name, held.since, held.until) is not None:
            raise EntitlementOverlap(account=account_id, name=held.name)
        await run(
            """insert into entitlement (account_id, name, since, until, count)
               values ($1, $2, $3, $4, $5)""",
            account_id,
            held.name,
            held.since,
            held.until,
            held.count,
        )
        detail = {"name": held.name, "since": held.since, "until": held.until, "count": held.count}
        subject = f"account:{account_id}"
        await audit.note(actor, "GRANT_ENTITLEMENT", subject, detail=detail, now=now)
        await mark_changed(account_id)
