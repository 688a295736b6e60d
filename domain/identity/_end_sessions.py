"""End all sessions of a person."""

from datetime import datetime

from domain.base import run


async def end_sessions(person_id: int, *, why: str, wall: datetime) -> None:
    """Revoke every session of the person: signed out everywhere."""
    await run(
        "update session set revoked_at = $2, revoked_why = $3"
        " where person_id = $1 and revoked_at is null",
        person_id,
        wall,
        why,
    )
