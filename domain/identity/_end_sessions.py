"""End all sessions of a person or of a device."""

from datetime import datetime

from domain import audit
from domain.base import Actor, rows, transaction

_END = """
update session set revoked_at = $2, revoked_why = $3
where person_id = $1 and revoked_at is null and id is distinct from $4::bigint
  and ($5::bigint is null or device_id = $5)
returning id
"""


async def end_sessions(
    person_id: int,
    *,
    why: str,
    wall: datetime,
    actor: Actor,
    but: int | None = None,
    device_id: int | None = None,
) -> int:
    """Revoke every session of the person, `but` one, or those of a device; return how many."""
    async with transaction():
        ended = await rows(_END, person_id, wall, why, but, device_id)
        for each in ended:
            subject = f"session:{each['id']}"
            await audit.note(actor, "END_SESSION", subject, detail={"why": why}, now=wall)
        return len(ended)
