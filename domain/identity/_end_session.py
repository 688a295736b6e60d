"""End a session."""

from datetime import datetime

from domain import audit
from domain.base import SYSTEM, Actor, Refusal, row, transaction

_END = """
update session set revoked_at = $2, revoked_why = $3
where id = $1 and revoked_at is null and ($4::bigint is null or person_id = $4) returning id
"""


class SessionUnknown(Refusal):
    """The person has no such session, or it has ended."""

    code = "SESSION_UNKNOWN"


async def end_session(
    session_id: int,
    *,
    why: str,
    wall: datetime,
    actor: Actor = SYSTEM,
    person_id: int | None = None,
) -> bool:
    """Revoke the session and with it every refresh token of its family; False: had ended before.

    With `person_id` it has to be theirs.
    """
    async with transaction():
        if await row(_END, session_id, wall, why, person_id) is None:
            return False
        detail = {"why": why}
        await audit.note(actor, "END_SESSION", f"session:{session_id}", detail=detail, now=wall)
        return True
