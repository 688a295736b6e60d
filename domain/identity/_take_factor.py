"""Use up a second factor."""

from datetime import datetime

from domain import audit
from domain.base import Actor, transaction, value

from ._rotate import SessionEnded
from ._staff_secret import StaffSecret

_STEP = """
update staff_secret set totp_step = $2 where person_id = $1 and totp_step < $2 returning person_id
"""
_RECOVERY = """
update recovery_code set used_at = $3
where person_id = $1 and code_hash = $2 and used_at is null and $4 returning person_id
"""
_UNCHANGED = """
select true from staff_secret s join person p on p.id = s.person_id
where p.id = $1 and p.active and s.password_hash = $2 and s.totp_secret = $3 for no key update
"""
_PROVEN = """
update session set proven_at = $2 where id = $1 and revoked_at is null returning id
"""


async def take_factor(
    person_id: int, *, step: int | None, recovery_hash: str, allowed: bool, wall: datetime
) -> bool:
    """Use up the code of this time step, else this recovery code; False: neither is good.

    A time step counts once, with all before it. Where the password was wrong (not `allowed`), the
    same statement is sent and nothing is used up.
    """
    async with transaction():
        if step is not None:
            given = step if allowed else -1
            return await value(_STEP, person_id, given) is not None
        taken = await value(_RECOVERY, person_id, recovery_hash, wall, allowed)
        return taken is not None


async def lock_secret(known: StaffSecret | None) -> bool:
    """Tell whether this is still how somebody active signs in, and hold it until the commit.

    Who retires them or takes the password from them waits, and ends the session that is opened
    meanwhile, or has been there before.
    """
    person_id = known.person.id if known else 0
    given = (known.password_hash, known.totp_secret) if known else ("", "")
    return await value(_UNCHANGED, person_id, *given) is not None


async def mark_proven(session_id: int, *, actor: Actor, wall: datetime) -> None:
    """Note that a second factor was given in this session just now. Refusals: SessionEnded."""
    async with transaction():
        if await value(_PROVEN, session_id, wall) is None:
            raise SessionEnded
        await audit.note(actor, "STEP_UP", f"session:{session_id}", now=wall)
