"""End a session."""

from datetime import datetime

from domain.base import run


async def end_session(session_id: int, *, why: str, wall: datetime) -> None:
    """Revoke the session and with it every refresh token of its family; again changes nothing."""
    await run(
        "update session set revoked_at = $2, revoked_why = $3 where id = $1 and revoked_at is null",
        session_id,
        wall,
        why,
    )
