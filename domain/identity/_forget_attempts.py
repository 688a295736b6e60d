"""Forget what was kept for a while only."""

from datetime import datetime, timedelta

from domain.base import run

_KEPT = timedelta(days=1)
_OLD = (
    "delete from sign_in_code where created_at < $1",
    "delete from access_code where created_at < $1",
    "delete from sign_in_attempt where at < $1",
    "delete from invitation where expires_at < $1",
    "delete from refresh_token where expires_at < $1",
)


async def forget_attempts(*, wall: datetime) -> None:
    """Delete codes, attempts, invitations and refresh tokens that have been over for a day."""
    for statement in _OLD:
        await run(statement, wall - _KEPT)
