"""Exchange a refresh token for its successor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.base import Refusal, row, run, transaction, value

from ._end_session import end_session
from ._keep_token import keep_token
from ._queries import person_of
from ._signed_in import SignedIn

REFRESH_GRACE = timedelta(seconds=10)
"""An app whose answer got lost, or that asked twice at once, may show the same token this long."""

_FOUND = """
select t.id, t.session_id, t.used_at, t.expires_at, t.salt, s.person_id, s.revoked_at, s.proven_at,
       d.thumbprint, d.enrolled
from refresh_token t join session s on s.id = t.session_id left join device d on d.id = s.device_id
where t.token_hash = $1 for update of t, s
"""


class SessionEnded(Refusal):
    """The refresh token is unknown, over, used before, or another device's: sign in again."""

    code = "SESSION_ENDED"


@dataclass(frozen=True, slots=True)
class Successor:
    """What the successor of a token is computed from, and how it is stored."""

    salt: str
    hash_with: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rotated:
    """The session, and the salt that makes the successor of the token that was shown."""

    signed_in: SignedIn
    salt: str


async def rotate(
    token_hash: str,
    *,
    thumbprint: str | None,
    successor: Successor,
    wall: datetime,
    life: timedelta,
) -> Rotated:
    """Use up a refresh token and keep its successor.

    `thumbprint` is of the key that the request proved to hold. Refuses SessionEnded. A token that
    comes twice was stolen or copied: its whole family is revoked, and that stays although the call
    is refused. But the device that it is bound to gets the same successor again for
    REFRESH_GRACE, until that one has been used.
    """
    rotated: Rotated | None = None
    async with transaction():
        found = await row(_FOUND, token_hash)
        if found is not None and found["revoked_at"] is None and _is_theirs(found, thumbprint):
            salt = await _salt(found, successor, wall=wall, life=life)
            signed_in = None if salt is None else await _signed_in(found)
            if salt is not None and signed_in is not None:
                rotated = Rotated(signed_in, salt)
    if rotated is None:
        raise SessionEnded
    return rotated


def _is_theirs(found: dict[str, Any], thumbprint: str | None) -> bool:
    """Tell whether the request proved to come from the session's device, if it is bound to one."""
    return found["thumbprint"] is None or found["thumbprint"] == thumbprint


async def _salt(
    found: dict[str, Any], successor: Successor, *, wall: datetime, life: timedelta
) -> str | None:
    if found["used_at"] is not None:
        if await _is_repeated(found, successor, wall=wall):
            return str(found["salt"])
        await end_session(found["session_id"], why="REUSE", wall=wall)
        return None
    if found["expires_at"] <= wall:
        return None
    await run(
        "update refresh_token set used_at = $2, salt = $3 where id = $1",
        found["id"],
        wall,
        successor.salt,
    )
    await run("update session set used_at = $2 where id = $1", found["session_id"], wall)
    stored = successor.hash_with(successor.salt)
    await keep_token(found["session_id"], stored, wall=wall, life=life)
    return successor.salt


async def _is_repeated(found: dict[str, Any], successor: Successor, *, wall: datetime) -> bool:
    """Tell whether the session's own device asks again before anybody has used the answer."""
    if found["thumbprint"] is None or wall - found["used_at"] > REFRESH_GRACE:
        return False
    stored = successor.hash_with(str(found["salt"]))
    used_at = await value("select used_at from refresh_token where token_hash = $1", stored)
    return used_at is None


async def _signed_in(found: dict[str, Any]) -> SignedIn | None:
    person = await person_of(found["person_id"])
    if person is None:
        return None
    bound_to = found["thumbprint"] if found["enrolled"] else None
    return SignedIn(found["session_id"], person, found["proven_at"], bound_to)
