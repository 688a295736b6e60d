"""Staff: setting up a sign-in, signing in, second factors, enrolled devices."""

from datetime import datetime
from functools import partial

import strawberry

from api import staff_sign_in
from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation
from api.graphql.node import Connection, Node, global_id, paged, parsed_id
from api.staff_sign_in import Try
from auth import ANYBODY, CONTROL, STAFF
from domain import identity

from ._sign_in import SECRET_MAX, Session, phone_of, session_of, shown_by

_f = strawberry.field


@strawberry.input(description="Input of signInStaff.")
class SignInStaffInput:
    phone: str = _f(description="Phone number of an inspector or operator.")
    password: str = _f(description="The password.")
    factor: str = _f(description="A code of the authenticator, or a recovery code.")
    device: str = _f(default="", description="A name for the device, shown in session lists.")


@strawberry.type(description="Answer of signInStaff.")
class SignInStaffPayload(Payload):
    session: Session | None = _f(default=None, description="The new session.")


@strawberry.input(description="Input of stepUp.")
class StepUpInput:
    factor: str = _f(description="A code of the authenticator, or a recovery code.")


@strawberry.type(description="Answer of stepUp.")
class StepUpPayload(Payload):
    access_token: str | None = _f(
        default=None, description="Token that proves the second factor, for 5 minutes."
    )
    access_token_expires_at: datetime | None = _f(
        default=None, description="When to have refreshed it."
    )


@strawberry.input(description="Input of beginSetUp.")
class BeginSetUpInput:
    phone: str = _f(description="Phone number of whoever was invited.")
    invitation: str = _f(description="The code of the invitation; it stays good until confirmed.")
    password: str = _f(description="The password to be, 12 characters at least.")


@strawberry.type(description="Answer of beginSetUp.")
class BeginSetUpPayload(Payload):
    secret: str | None = _f(default=None, description="Secret of the second factor, in base 32.")
    uri: str | None = _f(default=None, description="The same as an otpauth address, for a QR code.")


@strawberry.input(description="Input of confirmSetUp.")
class ConfirmSetUpInput:
    phone: str = _f(description="Phone number of whoever was invited.")
    invitation: str = _f(description="The code of the invitation; it is used up by this call.")
    factor: str = _f(description="A code of the authenticator that was just set up.")


@strawberry.type(description="Answer of confirmSetUp.")
class ConfirmSetUpPayload(Payload):
    recovery_codes: list[str] = _f(
        default_factory=list,
        description="Each stands in for a second factor once. They are shown only now.",
    )


@strawberry.type(description="A tablet that may be used by its inspector.")
class Tablet(Node):
    name: str = _f(description="Name that it was given.")
    person: str = _f(description="Name of its inspector.")
    phone: str = _f(description="Phone number of its inspector.")
    enrolled_at: datetime = _f(description="When its key was first seen.")
    revoked_at: datetime | None = _f(description="Since when it is kept out; null: it is not.")


@strawberry.input(description="Input of inviteTablet.")
class InviteTabletInput:
    inspector_phone: str = _f(description="Phone number by which the inspector signs in.")


@strawberry.type(description="Answer of inviteTablet.")
class InviteTabletPayload(Payload):
    invitation: str | None = _f(
        default=None, description="Code to be typed on the tablet within a day; shown only now."
    )


@strawberry.input(description="Input of enrolTablet.")
class EnrolTabletInput:
    phone: str = _f(description="Phone number of the inspector whose tablet it is.")
    invitation: str = _f(description="The code of the invitation; it is used up by this call.")
    name: str = _f(description="A name for the tablet.")


@strawberry.type(description="Answer of enrolTablet.")
class EnrolTabletPayload(Payload):
    tablet_id: strawberry.ID | None = _f(default=None, description="Id of the enrolled tablet.")


@strawberry.input(description="Input of revokeTablet.")
class RevokeTabletInput:
    tablet_id: strawberry.ID = _f(description="Id of a tablet of the caller's district.")


@strawberry.type(description="Answer of revokeTablet.")
class RevokeTabletPayload(Payload):
    tablet_id: strawberry.ID | None = _f(default=None, description="The tablet that is kept out.")


def _try(info: Info, phone: str) -> Try:
    return Try(phone_of(phone), info.context.address, info.context.wall())


def _bounded(*secrets: str) -> None:
    if any(len(secret) > SECRET_MAX for secret in secrets):
        raise identity.CodeRejected


@mutation(
    allow=ANYBODY,
    description="Sign an inspector or operator in, by password and second factor. An inspector's"
    " tablet shows its enrolled key by a DPoP header (RFC 9449), here and from then on.",
)
async def sign_in_staff(info: Info, input: SignInStaffInput) -> SignInStaffPayload:
    _bounded(input.password, input.factor)
    found = await staff_sign_in.sign_in_staff(
        info.context.services.keys,
        _try(info, input.phone),
        password=input.password,
        factor=input.factor,
        shown=shown_by(info.context, input.device),
    )
    return SignInStaffPayload(session=session_of(found))


@mutation(
    allow=STAFF,
    description="Give a second factor once more: what answers STEP_UP_REQUIRED wants the token that"
    " this returns. The refresh token stays as it is.",
)
async def step_up(info: Info, input: StepUpInput) -> StepUpPayload:
    _bounded(input.factor)
    context = info.context
    found = await staff_sign_in.step_up(
        context.services.keys,
        context.who,
        factor=input.factor,
        address=context.address,
        wall=context.wall(),
    )
    return StepUpPayload(access_token=found.text, access_token_expires_at=found.expires_at)


@mutation(
    allow=ANYBODY,
    description="Begin to set up a sign-in: a password, and a second factor to be confirmed.",
)
async def begin_set_up(info: Info, input: BeginSetUpInput) -> BeginSetUpPayload:
    _bounded(input.invitation, input.password)
    found = await staff_sign_in.begin_set_up(
        _try(info, input.phone), invitation=input.invitation, password=input.password
    )
    return BeginSetUpPayload(secret=found.secret, uri=found.uri)


@mutation(allow=ANYBODY, description="Confirm the second factor: from then on it signs in.")
async def confirm_set_up(info: Info, input: ConfirmSetUpInput) -> ConfirmSetUpPayload:
    _bounded(input.invitation, input.factor)
    codes = await staff_sign_in.confirm_set_up(
        _try(info, input.phone), invitation=input.invitation, code=input.factor
    )
    return ConfirmSetUpPayload(recovery_codes=list(codes))


@mutation(allow=CONTROL, description="Invite a tablet of an inspector of the caller's district.")
async def invite_tablet(info: Info, input: InviteTabletInput) -> InviteTabletPayload:
    who = info.context.who
    person = await identity.person_by_phone(input.inspector_phone)
    if (
        person is None
        or person.role != "INSPECTOR"
        or who.district_id not in {None, person.district_id}
    ):
        raise Declined("INSPECTOR_UNKNOWN", field="inspectorPhone")
    invitation = await staff_sign_in.invitation(
        person.id, "DEVICE", actor=who.actor, wall=info.context.wall()
    )
    return InviteTabletPayload(invitation=invitation)


@mutation(
    allow=ANYBODY,
    description="Enrol the tablet whose key the DPoP header shows, by an invitation.",
)
async def enrol_tablet(info: Info, input: EnrolTabletInput) -> EnrolTabletPayload:
    _bounded(input.invitation)
    shown = shown_by(info.context, input.name)
    if shown is None:
        raise Declined("DEVICE_KEY_MISSING")
    found = await staff_sign_in.enrol_device(
        _try(info, input.phone), invitation=input.invitation, shown=shown
    )
    return EnrolTabletPayload(tablet_id=global_id("Tablet", found))


@mutation(
    allow=CONTROL,
    description="Keep a tablet out: its sessions end, and their access tokens within a second.",
)
async def revoke_tablet(info: Info, input: RevokeTabletInput) -> RevokeTabletPayload:
    who, key = info.context.who, parsed_id(input.tablet_id, "Tablet")
    if key is None:
        raise identity.DeviceUnknown
    await identity.revoke_device(
        key.id, actor=who.actor, wall=info.context.wall(), district_id=who.district_id
    )
    return RevokeTabletPayload(tablet_id=input.tablet_id)


async def tablets(info: Info, first: int, after: str | None) -> Connection[Tablet]:
    """Return the tablets of the caller's district, newest first."""
    asked = partial(identity.devices, district_id=info.context.who.district_id)
    return await paged(asked, _tablet, first=first, after=after)


async def tablet_of(info: Info, tablet_id: int) -> Tablet | None:
    """Return the tablet with this id, if it is of the caller's district."""
    found = await identity.devices(
        district_id=info.context.who.district_id, limit=1, before=tablet_id + 1
    )
    return _tablet(found[0]) if found and found[0].id == tablet_id else None


def _tablet(found: identity.Device) -> Tablet:
    return Tablet(
        id=global_id("Tablet", found.id),
        name=found.name,
        person=found.person,
        phone=found.phone,
        enrolled_at=found.created_at,
        revoked_at=found.revoked_at,
    )
