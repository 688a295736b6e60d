"""Signing in by a code, staying signed in, signing out."""

from datetime import datetime
from enum import Enum

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Context, Info, mutation
from api.sign_in import SignedInPerson, redeem, refresh
from auth import ANYBODY, SIGNED_IN
from domain import identity
from domain.identity import Shown

_f = strawberry.field
SECRET_MAX = 200


@strawberry.enum(description="What somebody who signs in is.")
class Role(Enum):
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="Watches and pays for own accounts.")
    INSPECTOR = strawberry.enum_value("INSPECTOR", description="Does field work in a district.")
    OPERATOR = strawberry.enum_value("OPERATOR", description="Runs a district, or all of them.")


@strawberry.type(description="The tokens of a session.")
class Session:
    access_token: str = _f(
        description="Token of every further request, as `Authorization: Bearer ...`; of an enrolled"
        " tablet as `Authorization: DPoP ...`, with a DPoP header beside it."
    )
    access_token_expires_at: datetime = _f(description="When to have refreshed it.")
    refresh_token: str = _f(description="Exchange it once, by refreshSession; keep it secret.")
    role: Role = _f(description="What the person is.")


@strawberry.input(description="Input of requestSignInCode.")
class RequestSignInCodeInput:
    phone: str = _f(description="Phone number in digits, with + and country code if abroad.")


@strawberry.type(description="Answer of requestSignInCode: the same for unknown numbers.")
class RequestSignInCodePayload(Payload):
    expires_in_seconds: int | None = _f(
        default=None, description="How long the code is valid, in seconds."
    )


@strawberry.input(description="Input of signIn.")
class SignInInput:
    phone: str = _f(description="The number that the code was sent to.")
    code: str = _f(description="The code of six digits.")
    device: str = _f(default="", description="A name for the device, shown in session lists.")


@strawberry.type(description="Answer of signIn.")
class SignInPayload(Payload):
    session: Session | None = _f(default=None, description="The new session.")


@strawberry.input(description="Input of refreshSession.")
class RefreshSessionInput:
    refresh_token: str = _f(description="The last refresh token; it is used up by this call.")


@strawberry.type(description="Answer of refreshSession.")
class RefreshSessionPayload(Payload):
    session: Session | None = _f(default=None, description="The session with its new tokens.")


@strawberry.input(description="Input of signOut.")
class SignOutInput:
    everywhere: bool = _f(default=False, description="True ends the sessions of all devices.")


@strawberry.type(description="Answer of signOut.")
class SignOutPayload(Payload):
    signed_out: bool = _f(default=False, description="True where the session has ended.")


def phone_of(given: str) -> str:
    """Return a phone number as it is kept, however it is typed. Refuses PHONE_INVALID."""
    try:
        return identity.plain_phone(given)
    except identity.PhoneInvalid as invalid:
        raise Declined(invalid.code, field="phone") from None


def shown_by(context: Context, name: str = "") -> Shown | None:
    """Return the device whose key the request proves to hold, under the name it is given."""
    thumbprint = context.thumbprint()
    return None if thumbprint is None else Shown(thumbprint, name)


def session_of(found: SignedInPerson) -> Session:
    """Return the tokens as the app gets them."""
    return Session(
        access_token=found.access.text,
        access_token_expires_at=found.access.expires_at,
        refresh_token=found.refresh_token,
        role=Role[found.person.role],
    )


@mutation(
    allow=ANYBODY,
    description="Send a one-time code to the phone of a customer. The answer is the same for"
    " unknown numbers; staff sign in by signInStaff.",
)
async def request_sign_in_code(
    info: Info, input: RequestSignInCodeInput
) -> RequestSignInCodePayload:
    context = info.context
    await identity.ask_code(phone_of(input.phone), address=context.address, wall=context.wall())
    return RequestSignInCodePayload(expires_in_seconds=int(identity.CODE_LIFE.total_seconds()))


@mutation(
    allow=ANYBODY,
    description="Exchange a one-time code for a session. A DPoP header (RFC 9449) binds the session"
    " to the device's key; production demands one.",
)
async def sign_in(info: Info, input: SignInInput) -> SignInPayload:
    if len(input.code) > SECRET_MAX:
        raise identity.CodeRejected
    found = await redeem(
        info.context.services.keys,
        phone=phone_of(input.phone),
        code=input.code,
        shown=shown_by(info.context, input.device),
        device=input.device,
        wall=info.context.wall(),
    )
    return SignInPayload(session=session_of(found))


@mutation(
    allow=ANYBODY,
    description="Exchange a refresh token for new tokens; a session that is bound to a device wants"
    " its DPoP header. A token used twice ends the session, but for its own device within 10 s: it"
    " gets the same answer again.",
)
async def refresh_session(info: Info, input: RefreshSessionInput) -> RefreshSessionPayload:
    if len(input.refresh_token) > SECRET_MAX:
        raise identity.SessionEnded
    found = await refresh(
        info.context.services.keys,
        refresh_token=input.refresh_token,
        thumbprint=info.context.thumbprint(),
        wall=info.context.wall(),
    )
    return RefreshSessionPayload(session=session_of(found))


@mutation(allow=SIGNED_IN, description="End the session, or those of all devices.")
async def sign_out(info: Info, input: SignOutInput) -> SignOutPayload:
    who, wall = info.context.who, info.context.wall()
    if input.everywhere:
        await identity.end_sessions(who.person_id, why="SIGN_OUT", wall=wall, actor=who.actor)
    else:
        await identity.end_session(who.session_id, why="SIGN_OUT", wall=wall, actor=who.actor)
    return SignOutPayload(signed_out=True)
