"""Let in a device, or keep it out."""

from datetime import datetime

from domain import audit
from domain.base import Actor, Refusal, row, transaction, value

from ._end_sessions import end_sessions
from ._invite import invited, use_up
from ._signed_in import Shown

_ENROL = """
insert into device (person_id, thumbprint, name, enrolled, created_at)
values ($1, $2, $3, true, $4)
on conflict (person_id, thumbprint) do update
set enrolled = true, name = excluded.name, revoked_at = null
returning id
"""
_REVOKE = """
update device set revoked_at = coalesce(revoked_at, $2) where id = $1 and enrolled
  and ($3::bigint is null or (select district_id from person where id = device.person_id) = $3)
returning person_id
"""


class DeviceUnknown(Refusal):
    """There is no such device, or it is of another district."""

    code = "DEVICE_UNKNOWN"


async def enrol_device(phone: str, *, code_hash: str, shown: Shown, wall: datetime) -> int:
    """Enrol the device whose key was shown, by its person's invitation; return its id.

    Refusals: InvitationRejected.
    """
    async with transaction():
        invitation_id, person_id = await invited(phone, "DEVICE", code_hash=code_hash, wall=wall)
        await use_up(invitation_id, wall=wall)
        device_id: int = await value(_ENROL, person_id, shown.thumbprint, shown.name[:120], wall)
        role = await value("select role from person where id = $1", person_id)
        actor, subject = Actor(role, person_id), f"device:{device_id}"
        await audit.note(actor, "ENROL_DEVICE", subject, now=wall)
        return device_id


async def revoke_device(
    device_id: int, *, actor: Actor, wall: datetime, district_id: int | None = None
) -> None:
    """Keep an enrolled device out and end its sessions; again changes nothing.

    With `district_id` it has to be of that district's staff. Refusals: DeviceUnknown.
    """
    async with transaction():
        found = await row(_REVOKE, device_id, wall, district_id)
        if found is None:
            raise DeviceUnknown
        await end_sessions(
            found["person_id"], why="DEVICE_REVOKED", wall=wall, actor=actor, device_id=device_id
        )
        await audit.note(actor, "REVOKE_DEVICE", f"device:{device_id}", now=wall)
