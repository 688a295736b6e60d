"""Readings that were held apart, and what operators make of them."""

from datetime import datetime
from enum import Enum

import strawberry

from api.graphql.error import WHY, Declined, Payload, why_of
from api.graphql.field import Info, mutation
from api.graphql.history import Evidence, facts
from api.graphql.node import Node, global_id, parsed_id
from api.graphql.scalar import Decimal, wh
from auth import OPERATORS
from domain import metering
from domain.reporting import ExceptionView, list_exceptions

_f = strawberry.field


@strawberry.enum(description="What an operator makes of a reading that was held apart.")
class ExceptionResolution(Enum):
    ACCEPT = strawberry.enum_value("ACCEPT", description="It was true and is charged.")
    REJECT = strawberry.enum_value("REJECT", description="It was not, and stays out.")
    REPLACE = strawberry.enum_value("REPLACE", description="The given registers were true instead.")


@strawberry.type(description="A reading that was held apart: not charged, not used to trip.")
class ReadingException(Node):
    account_number: str = _f(description="Account (户号) of the meter.")
    meter_serial: str = _f(description="Serial number of the meter.")
    rule: str = _f(description="The rule that it breaks.")
    measured_at: datetime = _f(description="When it was measured, as the meter says.")
    content: list[Evidence] = _f(description="What the meter reported.")
    created_at: datetime = _f(description="When it was held apart.")
    resolved_at: datetime | None = _f(description="When somebody settled it.")
    resolution: str | None = _f(
        description="ACCEPT, REJECT, REPLACE, or FOLLOWED: plausible after an earlier one was."
    )
    resolved_by: str | None = _f(description="Who settled it: a name, where they are known.")
    reason: str | None = _f(description="What was said with it.")


@strawberry.input(description="The registers of a meter as they really stood, in kWh.")
class RegistersInput:
    total: Decimal = _f(description="Total register; the periods add up to it.")
    sharp: Decimal = _f(default=Decimal("0"), description="Register of the sharp period (尖).")
    peak: Decimal = _f(default=Decimal("0"), description="Register of the peak period (峰).")
    flat: Decimal = _f(default=Decimal("0"), description="Register of the flat period (平).")
    valley: Decimal = _f(default=Decimal("0"), description="Register of the valley period (谷).")
    deep_valley: Decimal = _f(
        default=Decimal("0"), description="Register of the deep valley period (深谷)."
    )


@strawberry.input(description="Input of resolveReadingException.")
class ResolveReadingExceptionInput:
    exception_id: strawberry.ID = _f(description="Id of a reading exception.")
    resolution: ExceptionResolution = _f(description="What is made of it.")
    reason: str = _f(description=WHY)
    registers: RegistersInput | None = _f(
        default=None, description="What was true instead; with REPLACE, and only with it."
    )


@strawberry.type(description="Answer of resolveReadingException.")
class ResolveReadingExceptionPayload(Payload):
    reading_exception: ReadingException | None = _f(
        default=None, description="The exception as it now stands."
    )


def reading_exception(view: ExceptionView) -> ReadingException:
    """Return the exception as its object."""
    return ReadingException(
        id=global_id("ReadingException", view.id),
        account_number=view.account_number,
        meter_serial=view.meter_serial,
        rule=view.rule,
        measured_at=view.measured_at,
        content=facts(view.content),
        created_at=view.created_at,
        resolved_at=view.resolved_at,
        resolution=view.resolution,
        resolved_by=view.resolved_by,
        reason=view.reason,
    )


async def exception_in_sight(info: Info, exception_id: int) -> ExceptionView | None:
    """Return the exception, settled or not; None where it is not in sight."""
    found = await list_exceptions(
        info.context.sight, limit=1, exception_id=exception_id, open_only=False
    )
    return found[0] if found else None


async def _seen(info: Info, given: str) -> ExceptionView:
    key = parsed_id(given, "ReadingException")
    found = await exception_in_sight(info, key.id) if key else None
    if found is None:
        raise Declined("UNKNOWN_EXCEPTION", field="exceptionId")
    return found


@mutation(
    allow=OPERATORS,
    description="Settle a reading that was held apart; the account is computed again.",
)
async def resolve_reading_exception(
    info: Info, input: ResolveReadingExceptionInput
) -> ResolveReadingExceptionPayload:
    reason = why_of(input.reason, field="reason")
    registers = registers_in(input.registers) if input.registers else None
    found = await _seen(info, input.exception_id)
    await metering.resolve_exception(
        found.id,
        metering.Resolution(input.resolution.name),
        actor=info.context.who.actor,
        reason=reason,
        now=info.context.now(),
        registers=registers,
    )
    now_stands = await _seen(info, input.exception_id)
    return ResolveReadingExceptionPayload(reading_exception=reading_exception(now_stands))


def registers_in(given: RegistersInput) -> metering.Registers:
    """Return the registers in Wh; refuses ENERGY_INVALID."""
    return (
        wh(given.total, field="registers"),
        wh(given.sharp, field="registers"),
        wh(given.peak, field="registers"),
        wh(given.flat, field="registers"),
        wh(given.valley, field="registers"),
        wh(given.deep_valley, field="registers"),
    )
