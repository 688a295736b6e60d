"""What waits to be sent or confirmed, and the devices that it is pushed to."""

from datetime import datetime

from domain import base
from domain.identity import roles_with

from ._device import PushDevice, PushTarget
from ._record import RECEIPT_WITHIN
from ._texts import Kind

DEVICES = """
select d.id, d.kind, d.name, d.created_at, d.taken_at, d.session_id from push_device d
join session s on s.id = d.session_id and s.revoked_at is null
where d.person_id = $1 order by d.id desc
"""

# Whoever watches the account, of bills only by right, and whose phone the message is for; no
# session, no push.
TARGETS = f"""
select d.id, d.kind, p.locale, d.endpoint, d.p256dh, d.auth from push_device d
join session s on s.id = d.session_id and s.revoked_at is null
join person p on p.id = d.person_id and p.active
where p.phone = $2 or exists
  (select from account_access a where a.person_id = p.id and a.account_id = $1::bigint
   and (not $4::boolean or a.role in ({roles_with("BILLS")})))
order by d.id desc limit $3
"""
TARGETS_MAX = 50
OF_BILLS = frozenset({Kind.BILL_ISSUED, Kind.BILL_CORRECTED})


async def expects_receipt_until() -> datetime | None:
    """Return when the longest-waiting unconfirmed message is given up."""
    oldest: datetime | None = await base.value(
        "select min(sent_at) from message where state = 'SENT'"
    )
    return None if oldest is None else oldest + RECEIPT_WITHIN


async def due_at() -> datetime | None:
    """Return when the first message that waits for the morning is due."""
    found: datetime | None = await base.value(
        "select min(due_at) from message where state = 'QUEUED'"
    )
    return found


async def devices_of(person_id: int) -> tuple[PushDevice, ...]:
    """Return the devices that a person's messages are pushed to, newest first."""
    return tuple(PushDevice(**row) for row in await base.rows(DEVICES, person_id))


async def push_targets(account_id: int | None, phone: str, *, kind: str) -> tuple[PushTarget, ...]:
    """Return the devices of those who watch the account, and of whose phone it is.

    What a message of this kind says of bills goes to watchers with the right to them only.
    """
    found = await base.rows(TARGETS, account_id, phone, TARGETS_MAX, kind in OF_BILLS)
    return tuple(PushTarget(**row) for row in found)


async def public_push_key() -> str | None:
    """Return the key that browsers subscribe with; None before a worker has made one."""
    found: str | None = await base.value("select public_key from push_key")
    return found
