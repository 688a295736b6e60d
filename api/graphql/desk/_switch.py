"""Switches of the whole deployment."""

from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, idempotency_key, mutation, once, replayed
from auth import CONTROL
from domain import charge_control

_f = strawberry.field
value = strawberry.enum_value


@strawberry.enum(description="A switch of the whole deployment.")
class ControlSwitch(Enum):
    STOP_TRIPS = value("stop_trips", description="No trip leaves while it is on.")
    SHADOW = value("shadow", description="Decide and record, send nothing.")


@strawberry.type(description="A switch of the whole deployment.")
class Switch:
    name: str = _f(description="Name of the switch.")
    on: bool = _f(description="What it is.")


@strawberry.input(description="Input of setControlSwitch.")
class SetControlSwitchInput:
    name: ControlSwitch = _f(description="Which switch.")
    on: bool = _f(description="What it shall be.")
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of setControlSwitch.")
class SetControlSwitchPayload(Payload):
    name: ControlSwitch | None = _f(default=None, description="Which switch.")
    on: bool | None = _f(default=None, description="What it now is.")
    replayed: bool = replayed()


async def switches() -> list[Switch]:
    """Return the switches as objects."""
    return [Switch(name=n, on=on) for n, on in (await charge_control.switches()).items()]


@mutation(
    allow=CONTROL,
    description="Set a switch of the whole deployment; for operators of all districts.",
)
async def set_control_switch(info: Info, input: SetControlSwitchInput) -> SetControlSwitchPayload:
    who = info.context.who
    if who.district_id is not None:
        raise Declined("WHOLE_DEPLOYMENT_ONLY")
    name = input.name.name.lower()

    async def set_switch() -> dict[str, Any]:
        await charge_control.set_switch(name, input.on, actor=who.actor, now=info.context.now())
        return {}

    done = await once(info, input, set_switch)
    on = (await charge_control.switches())[name]
    return SetControlSwitchPayload(name=input.name, on=on, replayed=done.replayed)
