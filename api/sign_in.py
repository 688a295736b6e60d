"""Sign-in: composed here, for codes travel by `notification`, which stands above `identity`.

A code is kept in one transaction and queued in the next: dying in between costs the customer one
more request. Known and unknown numbers get the same answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import (
    AccessToken,
    KeySet,
    code_hash,
    code_matches,
    issue_access_token,
    new_code,
    new_key,
    new_refresh_token,
    token_hash,
)
from domain import identity, notification
from domain.identity import CODE_LIFE, Person
from runtime.settings import settings

__all__ = [
    "SignedInPerson",
    "open_keys",
    "ready_sign_in",
    "redeem",
    "refresh",
    "request_code",
]


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Who has signed in, and the tokens that prove it from now on."""

    person: Person
    access: AccessToken
    refresh_token: str


async def open_keys(*, wall: datetime) -> KeySet:
    """Return the keys of the deployment; the first process to start makes them."""
    chosen = settings()
    pems = await identity.signing_keys(wall=wall, make=new_key)
    return KeySet.of(
        pems, issuer=chosen.issuer, audience=chosen.audience, life_max=chosen.access_ttl
    )


async def request_code(phone: str, *, address: str, now: datetime, wall: datetime) -> None:
    """Send a one-time code if the number is known; refuses TooManyCodes, known or not."""
    code = new_code()
    asked = await identity.remember_code(
        phone, address=address, code_hash=code_hash(code, phone), wall=wall
    )
    if asked.person is not None:
        await notification.queue(
            "SIGN_IN_CODE",
            account_id=None,
            params={"code": code, "minutes": CODE_LIFE // timedelta(minutes=1)},
            key=f"sign-in:{asked.id}",
            now=now,
            phone=phone,
            locale=asked.person.locale,
        )


async def redeem(
    keys: KeySet, *, phone: str, code: str, device: str, wall: datetime
) -> SignedInPerson:
    """Exchange a code for a session; refuses CodeRejected."""
    person = await identity.redeem_code(
        phone, matches=lambda stored: code_matches(code, phone, stored), wall=wall
    )
    return await _opened(keys, person, device=device, wall=wall)


async def refresh(keys: KeySet, *, refresh_token: str, wall: datetime) -> SignedInPerson:
    """Exchange a refresh token for new tokens; refuses SessionEnded."""
    successor = new_refresh_token()
    found = await identity.rotate(
        token_hash(refresh_token),
        successor_hash=token_hash(successor),
        wall=wall,
        life=settings().refresh_ttl,
    )
    access = issue_access_token(keys, person=found.person, session_id=found.session_id, wall=wall)
    return SignedInPerson(found.person, access, successor)


async def ready_sign_in(
    keys: KeySet, *, phone: str, wall: datetime, life: timedelta
) -> SignedInPerson:
    """Sign an enrolled person in without a code: for the demo and for tests."""
    assert settings().profile in {"demo", "test"}
    person = await identity.person_by_phone(phone)
    assert person is not None
    return await _opened(keys, person, device="demo", wall=wall, life=life)


async def _opened(
    keys: KeySet, person: Person, *, device: str, wall: datetime, life: timedelta | None = None
) -> SignedInPerson:
    refresh_token = new_refresh_token()
    session_id = await identity.open_session(
        person.id,
        device=device,
        token_hash=token_hash(refresh_token),
        wall=wall,
        life=settings().refresh_ttl,
    )
    access = issue_access_token(keys, person=person, session_id=session_id, wall=wall, life=life)
    return SignedInPerson(person, access, refresh_token)
