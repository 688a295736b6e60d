"""Operators take a wrong reading out of the record."""

from datetime import datetime

import strawberry

from api.graphql.error import WHY, Declined, Payload, why_of
from api.graphql.field import Info, mutation
from api.graphql.identity import seen_account
from auth import OPERATORS
from domain import metering

from ._account import Account, account

_f = strawberry.field


@strawberry.input(description="Input of withdrawReading.")
class WithdrawReadingInput:
    account_number: str = _f(description="Account (户号) of the meter.")
    meter_serial: str = _f(description="Serial number of the meter.")
    measured_at: datetime = _f(description="When it was measured, with offset.")
    reason: str = _f(description=WHY)


@strawberry.type(description="Answer of withdrawReading.")
class WithdrawReadingPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")


@mutation(
    allow=OPERATORS,
    description="Take a wrong reading out of the record; it is kept apart as rejected, readings"
    " held because of it are judged again, and the account is computed again.",
)
async def withdraw_reading(info: Info, input: WithdrawReadingInput) -> WithdrawReadingPayload:
    reason = why_of(input.reason, field="reason")
    found = await seen_account(info, input.account_number)
    meter_id = await metering.meter_of(found.id, input.meter_serial)
    if meter_id is None:
        raise Declined("METER_UNKNOWN", field="meterSerial")
    await metering.withdraw_reading(
        meter_id,
        input.measured_at,
        actor=info.context.who.actor,
        reason=reason,
        now=info.context.now(),
    )
    return WithdrawReadingPayload(account=account(await seen_account(info, input.account_number)))
