"""Keep the hash of a refresh token."""

from datetime import datetime, timedelta

from domain.base import run


async def keep_token(session_id: int, token_hash: str, *, wall: datetime, life: timedelta) -> None:
    await run(
        "insert into refresh_token (session_id, token_hash, created_at, expires_at)"
        " values ($1, $2, $3, $4)",
        session_id,
        token_hash,
        wall,
        wall + life,
    )
