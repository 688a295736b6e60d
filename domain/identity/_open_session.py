"""Open a session: a signed-in device with its first refresh token."""

from datetime import datetime, timedelta

from domain import audit
from domain.base import Actor, Refusal, row, transaction, value

from ._keep_token import keep_token
from ._person import Person
from ._signed_in import Shown, SignedIn

_DEVICE = """
insert into device (person_id, thumbprint, name, created_at) values ($1, $2, $3, $4)
on conflict (person_id, thumbprint) do update
set name = case when excluded.name = '' then device.name else excluded.name end
returning id, enrolled, revoked_at
"""


class DeviceNotEnrolled(Refusal):
    """Inspectors sign in on a tablet that was enrolled, and not revoked since."""

    code = "DEVICE_NOT_ENROLLED"


async def open_session(
    person: Person,
    *,
    shown: Shown | None,
    token_hash: str,
    wall: datetime,
    life: timedelta,
    proven_at: datetime | None = None,
    device: str = "",
) -> SignedIn:
    """Open a session with its first refresh token, valid for `life`.

    `shown` is the device whose key the request proved; without one the session is bound to none.
    Refusals: DeviceNotEnrolled, where an inspector shows no enrolled device.
    """
    async with transaction():
        found = (
            await row(_DEVICE, person.id, shown.thumbprint, shown.name[:120], wall)
            if shown
            else None
        )
        enrolled = bool(found and found["enrolled"])
        if (person.role == "INSPECTOR" and not enrolled) or (found and found["revoked_at"]):
            raise DeviceNotEnrolled
        opened = await _opened(
            person,
            device=shown.name if shown else device,
            device_id=found["id"] if found else None,
            wall=wall,
            proven_at=proven_at,
        )
        await keep_token(opened, token_hash, wall=wall, life=life)
        bound_to = shown.thumbprint if shown and enrolled else None
        return SignedIn(opened, person, proven_at, bound_to)


async def open_play_session(
    person: Person, *, token_hash: str, wall: datetime, life: timedelta
) -> int:
    """Open a session for play and tests: without device, factor or audit; return its id."""
    async with transaction():
        session_id: int = await value(
            "insert into session (person_id, device, created_at, used_at)"
            " values ($1, $2, $3, $3) returning id",
            person.id,
            PLAY,
            wall,
        )
        await keep_token(session_id, token_hash, wall=wall, life=life)
        return session_id


async def open_play_sessions() -> int:
    """Return how many sessions of play are open, and so sign somebody in without any proof."""
    found: int = await value(
        "select count(*) from session where device = $1 and revoked_at is null", PLAY
    )
    return found


PLAY = "demo"
"""The device's name by which a session of play is known: the doctor looks for it."""


async def _opened(
    person: Person,
    *,
    device: str,
    device_id: int | None,
    wall: datetime,
    proven_at: datetime | None,
) -> int:
    session_id: int = await value(
        "insert into session (person_id, device, device_id, created_at, used_at, proven_at)"
        " values ($1, $2, $3, $4, $4, $5) returning id",
        person.id,
        device[:120],
        device_id,
        wall,
        proven_at,
    )
    actor = Actor(person.role, person.id)
    detail = {"device": device_id}
    await audit.note(actor, "SIGN_IN", f"session:{session_id}", detail=detail, now=wall)
    return session_id
