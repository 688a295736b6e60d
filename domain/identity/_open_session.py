"""Open a session: a signed-in device with its first refresh token."""

from datetime import datetime, timedelta

from domain.base import transaction, value

from ._keep_token import keep_token


async def open_session(
    person_id: int, *, device: str, token_hash: str, wall: datetime, life: timedelta
) -> int:
    """Open a session with its first refresh token, valid for `life`; return its id."""
    async with transaction():
        session_id: int = await value(
            "insert into session (person_id, device, created_at) values ($1, $2, $3) returning id",
            person_id,
            device[:120],
            wall,
        )
        await keep_token(session_id, token_hash, wall=wall, life=life)
        return session_id
