"""Devices that messages are pushed to."""

from datetime import datetime
from enum import Enum

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, field, mutation
from api.graphql.node import global_id, parsed_id
from auth import SIGNED_IN
from domain import notification
from runtime.settings import settings

_f = strawberry.field
_KEY_MAX = 200


@strawberry.enum(description="How a device is reached.")
class PushKind(Enum):
    WEB_PUSH = strawberry.enum_value("WEB_PUSH", description="Web Push (RFC 8030).")


@strawberry.type(description="A phone or browser that the person's messages are pushed to.")
class PushDevice:
    id: strawberry.ID = _f(description="Opaque id.")
    kind: PushKind = _f(description="How it is reached.")
    name: str = _f(description="What the app has called it.")
    registered_at: datetime = _f(description="When it was registered first.")
    last_pushed_at: datetime | None = _f(description="When its push service took a message last.")
    current: bool = _f(description="True where it was registered in this very session.")


@strawberry.type
class Devices:
    """What a viewer has of devices."""

    @field(
        allow=SIGNED_IN,
        description="Key to subscribe with at a push service (`applicationServerKey`); null where"
        " this deployment pushes nothing.",
    )
    async def push_key(self, info: Info) -> str | None:  # ruff: ignore[unused-method-argument]
        return await notification.public_push_key() if settings().push_contact else None

    @field(
        allow=SIGNED_IN, description="The person's registered devices, newest first, at most ten."
    )
    async def push_devices(self, info: Info) -> list[PushDevice]:
        who = info.context.who
        found = await notification.devices_of(who.person_id)
        return [_device(each, who.session_id) for each in found]


def _device(found: notification.PushDevice, session_id: int) -> PushDevice:
    return PushDevice(
        id=global_id("PushDevice", found.id),
        kind=PushKind[found.kind],
        name=found.name,
        registered_at=found.created_at,
        last_pushed_at=found.taken_at,
        current=found.session_id == session_id,
    )


@strawberry.input(description="Input of registerDevice: what `PushSubscription.toJSON()` tells.")
class RegisterDeviceInput:
    endpoint: str = _f(description="Address of the device at its push service (https).")
    p256dh: str = _f(description="Public key of the device, base64url.")
    auth: str = _f(description="Secret shared with the device, base64url.")
    name: str = _f(default="", description="A name for the device, 120 characters at most.")


@strawberry.type(description="Answer of registerDevice.")
class RegisterDevicePayload(Payload):
    device: PushDevice | None = _f(default=None, description="The device as it is registered now.")


@strawberry.input(description="Input of unregisterDevice.")
class UnregisterDeviceInput:
    device_id: strawberry.ID = _f(description="Which device.")


@strawberry.type(description="Answer of unregisterDevice.")
class UnregisterDevicePayload(Payload):
    device_id: strawberry.ID | None = _f(
        default=None, description="The device that nothing is pushed to any more."
    )


@mutation(
    allow=SIGNED_IN,
    description="Have messages pushed to this device until the session ends. Again, with the same"
    " endpoint, it stays one device. What the law wants to be served comes by SMS all the same.",
)
async def register_device(info: Info, input: RegisterDeviceInput) -> RegisterDevicePayload:
    who, given = info.context.who, settings()
    if given.push_contact is None:
        raise Declined("PUSH_OFF")
    if max(len(input.p256dh), len(input.auth)) > _KEY_MAX:
        raise notification.PushKeysInvalid
    found = await notification.register_device(
        who.person_id,
        session_id=who.session_id,
        endpoint=input.endpoint,
        p256dh=input.p256dh,
        auth=input.auth,
        name=input.name,
        hosts=given.push_hosts.split(),
        wall=info.context.wall(),
    )
    return RegisterDevicePayload(device=_device(found, who.session_id))


@mutation(allow=SIGNED_IN, description="Push nothing to the device any more.")
async def unregister_device(info: Info, input: UnregisterDeviceInput) -> UnregisterDevicePayload:
    key = parsed_id(input.device_id, "PushDevice")
    if key is None:
        raise notification.DeviceUnknown
    await notification.forget_device(key.id, person_id=info.context.who.person_id)
    return UnregisterDevicePayload(device_id=input.device_id)
