"""Sign-in of customers, and staying signed in: secrets are made and compared here, kept by
`identity`. Known and unknown numbers get the same answer for the same work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import (
    AccessToken,
    KeySet,
    code_matches,
    issue_access_token,
    new_key,
    new_refresh_token,
    new_salt,
    successor_of,
    token_hash,
)
from domain import identity
from domain.base import Refusal
from domain.identity import Person, Shown, SignedIn, Successor
from runtime.settings import settings

from .trust import key_set

__all__ = [
    "DeviceKeyMissing",
    "SignedInPerson",
    "demand_key",
    "open_keys",
    "ready_sign_in",
    "redeem",
    "refresh",
    "signed_in_person",
]


class DeviceKeyMissing(Refusal):
    """In production a session is bound to a device: show its key by a DPoP header (RFC 9449)."""

    code = "DEVICE_KEY_MISSING"


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Who has signed in, and the tokens that prove it from now on."""

    person: Person
    access: AccessToken
    refresh_token: str


async def open_keys(*, wall: datetime) -> KeySet:
    """Return the keys of the deployment; the first process to start makes them."""
    return key_set(await identity.signing_keys(wall=wall, make=new_key))


def demand_key(shown: Shown | None) -> None:
    """Refuse DeviceKeyMissing where a device has to show its key and does not."""
    if shown is None and settings().profile == "production":
        raise DeviceKeyMissing


async def redeem(
    keys: KeySet, *, phone: str, code: str, shown: Shown | None, device: str, wall: datetime
) -> SignedInPerson:
    """Exchange a code for a session. Refuses CodeRejected, DeviceKeyMissing."""
    demand_key(shown)
    person = await identity.redeem_code(
        phone, matches=lambda stored: code_matches(code, phone, stored), wall=wall
    )
    return await signed_in_person(keys, person, shown=shown, device=device, wall=wall)


async def signed_in_person(
    keys: KeySet,
    person: Person,
    *,
    shown: Shown | None,
    wall: datetime,
    device: str = "",
    proven_at: datetime | None = None,
) -> SignedInPerson:
    """Open a session and return its tokens. Refuses DeviceNotEnrolled."""
    refresh_token = new_refresh_token()
    opened = await identity.open_session(
        person,
        shown=shown,
        token_hash=token_hash(refresh_token),
        wall=wall,
        life=settings().refresh_ttl,
        proven_at=proven_at,
        device=device,
    )
    return SignedInPerson(person, issue_access_token(keys, opened, wall=wall), refresh_token)


async def refresh(
    keys: KeySet, *, refresh_token: str, thumbprint: str | None, wall: datetime
) -> SignedInPerson:
    """Exchange a refresh token for new tokens; refuses SessionEnded."""

    def hash_with(salt: str) -> str:
        return token_hash(successor_of(refresh_token, salt))

    rotated = await identity.rotate(
        token_hash(refresh_token),
        thumbprint=thumbprint,
        successor=Successor(new_salt(), hash_with),
        wall=wall,
        life=settings().refresh_ttl,
    )
    access = issue_access_token(keys, rotated.signed_in, wall=wall)
    successor = successor_of(refresh_token, rotated.salt)
    return SignedInPerson(rotated.signed_in.person, access, successor)


async def ready_sign_in(
    keys: KeySet, *, phone: str, wall: datetime, life: timedelta
) -> SignedInPerson:
    """Sign an enrolled person in without code, password or device: for the demo and for tests.

    For as long as the token lives, its second factor counts as just given.
    """
    if settings().profile not in {"demo", "test"}:
        raise RuntimeError("demo sign-in is closed outside of demo and tests")
    person = await identity.person_by_phone(phone)
    assert person is not None
    refresh_token = new_refresh_token()
    session_id = await identity.open_play_session(
        person, token_hash=token_hash(refresh_token), wall=wall, life=settings().refresh_ttl
    )
    proven_at = None if person.role == "CUSTOMER" else wall + life
    opened = SignedIn(session_id, person, proven_at)
    access = issue_access_token(keys, opened, wall=wall, life=life)
    return SignedInPerson(person, access, refresh_token)
