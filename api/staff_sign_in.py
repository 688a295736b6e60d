"""Sign-in of staff: password and second factor, set-up, devices, step-up.

Each try is counted before its password is looked at, and unknown names cost what known ones do.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from auth import (
    AccessToken,
    KeySet,
    Principal,
    SignInBusy,
    issue_access_token,
    new_recovery_codes,
    new_secret_code,
    new_totp_secret,
    password_hash,
    password_matches,
    sealed,
    spaced,
    token_hash,
    totp_step,
    totp_uri,
    typed,
    unsealed,
)
from domain import identity
from domain.base import Actor, transaction
from domain.identity import Invites, Person, Shown, SignedIn, StaffSecret
from runtime.settings import settings

from .sign_in import SignedInPerson, demand_key, signed_in_person

__all__ = [
    "SetUp",
    "Try",
    "begin_set_up",
    "confirm_set_up",
    "enrol_device",
    "invitation",
    "sign_in_staff",
    "step_up",
]


@dataclass(frozen=True, slots=True)
class Try:
    """Who tries to sign in, from where, when."""

    phone: str
    address: str
    wall: datetime


@dataclass(frozen=True, slots=True)
class SetUp:
    """A TOTP secret to be confirmed, also as the `otpauth` address that a QR code holds."""

    secret: str
    uri: str


async def sign_in_staff(
    keys: KeySet, given: Try, *, password: str, factor: str, shown: Shown | None
) -> SignedInPerson:
    """Sign a member of staff in; `factor` is a code of the authenticator, or a recovery code.

    Refusals: CodeRejected, whatever of it is wrong; TooManyAttempts, DeviceKeyMissing,
    DeviceNotEnrolled, SignInBusy.
    """
    demand_key(shown)
    async with _counted(given.phone, given.address, wall=given.wall):
        found = await identity.staff_secret_of(phone=given.phone)
        matches = await password_matches(password, found.password_hash if found else None)
        async with transaction():
            # The password took a while to compare.
            allowed = await identity.lock_secret(found) and matches
            person = await _taken(found, factor, allowed=allowed, wall=given.wall)
            return await signed_in_person(
                keys, person, shown=shown, proven_at=given.wall, wall=given.wall
            )


async def step_up(
    keys: KeySet, who: Principal, *, factor: str, address: str, wall: datetime
) -> AccessToken:
    """Take a second factor once more and return an access token that says so.

    Refusals: CodeRejected, TooManyAttempts, SessionEnded.
    """
    async with _counted(f"person:{who.person_id}", address, wall=wall):
        found = await identity.staff_secret_of(person_id=who.person_id)
        person = await _taken(found, factor, allowed=True, wall=wall)
        await identity.mark_proven(who.session_id, actor=who.actor, wall=wall)
    signed_in = SignedIn(who.session_id, person, wall, who.bound_to)
    return issue_access_token(keys, signed_in, wall=wall)


@asynccontextmanager
async def _counted(who: str, address: str, *, wall: datetime) -> AsyncGenerator[None]:
    """Count a try as failed before anything is looked at; what goes through is forgiven."""
    attempt = await identity.count_attempt(who, address=address, wall=wall)
    try:
        yield  # what fails stays counted
    except SignInBusy:  # but nobody has looked at this
        await identity.forgive_attempt(attempt)
        raise
    await identity.forgive_attempt(attempt)


async def _taken(
    found: StaffSecret | None, factor: str, *, allowed: bool, wall: datetime
) -> Person:
    taken = await identity.take_factor(
        found.person.id if found else 0,
        step=_step(factor, found.totp_secret if found else new_totp_secret(), wall),
        recovery_hash=token_hash(typed(factor)),
        allowed=allowed and found is not None,
        wall=wall,
    )
    if found is None or not (taken and allowed):
        raise identity.CodeRejected
    return found.person


def _step(code: str, kept: str, wall: datetime) -> int | None:
    return totp_step(code.replace(" ", ""), unsealed(kept), wall=wall)


async def invitation(person_id: int, kind: Invites, *, actor: Actor, wall: datetime) -> str:
    """Invite a member of staff and return the code, as people read it."""
    code = new_secret_code()
    await identity.invite(person_id, kind, code_hash=token_hash(code), actor=actor, wall=wall)
    return spaced(code)


async def begin_set_up(given: Try, *, invitation: str, password: str) -> SetUp:
    """Take a password and return the new second factor, for which `confirm_set_up` waits.

    Refusals: InvitationRejected, PasswordUnfit, TooManyAttempts, SignInBusy.
    """
    async with _counted(given.phone, given.address, wall=given.wall):
        secret, hashed = new_totp_secret(), await password_hash(password)
        await identity.begin_set_up(
            given.phone,
            code_hash=token_hash(typed(invitation)),
            password_hash=hashed,
            totp_secret=sealed(secret),
            wall=given.wall,
        )
    return SetUp(secret, totp_uri(secret, name=given.phone, issuer=settings().issuer))


async def confirm_set_up(given: Try, *, invitation: str, code: str) -> tuple[str, ...]:
    """Take a first code of the second factor; return the recovery codes, shown only now.

    Refusals: InvitationRejected, CodeRejected, TooManyAttempts.
    """
    codes = new_recovery_codes()
    async with _counted(given.phone, given.address, wall=given.wall):
        await identity.confirm_set_up(
            given.phone,
            code_hash=token_hash(typed(invitation)),
            step_of=lambda kept: _step(code, kept, given.wall),
            recovery_hashes=[token_hash(each) for each in codes],
            wall=given.wall,
        )
    return tuple(map(spaced, codes))


async def enrol_device(given: Try, *, invitation: str, shown: Shown) -> int:
    """Enrol the device that shows its key; return its id.

    Refusals: InvitationRejected, TooManyAttempts.
    """
    async with _counted(given.phone, given.address, wall=given.wall):
        return await identity.enrol_device(
            given.phone, code_hash=token_hash(typed(invitation)), shown=shown, wall=given.wall
        )
