"""销户 by an operator: the last reads, the last bill, what is left of the money."""

from typing import Any
from uuid import UUID

import strawberry

from api.graphql.billing import Bill, bill, seen_bill
from api.graphql.error import Declined, Payload
from api.graphql.field import Info, idempotency_key, mutation, once, replayed
from api.graphql.identity import seen_account
from api.graphql.metering import RegistersInput, registers_in
from api.graphql.node import global_id
from api.graphql.scalar import Money, money
from auth import CONTROL
from domain import field_service
from domain.reporting import account_by

from ._account import Account, account

_f = strawberry.field
_METERS_MAX = 20


@strawberry.input(description="What a meter showed when it was read for the last time.")
class LastReadInput:
    meter_serial: str = _f(description="Serial number of the meter.")
    registers: RegistersInput = _f(description="Its registers, in kWh as shown.")


@strawberry.input(description="Input of closeAccount.")
class CloseAccountInput:
    account_number: str = _f(description="Account (户号) to be closed.")
    reads: list[LastReadInput] = _f(description="The last read of each of its meters.")
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of closeAccount.")
class CloseAccountPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")
    last_bill: Bill | None = _f(default=None, description="The last bill, if anything was left.")
    refundable: Money | None = _f(
        default=None,
        description="Prepaid money to be given back; final once the last bill is not held.",
    )
    owed: Money | None = _f(default=None, description="What is still to pay.")
    replayed: bool = replayed()


@mutation(
    allow=CONTROL,
    description="Close an account (销户): its meters are read for the last time and taken down, and"
    " the last bill is made. Refused while tasks, held readings or held bills wait.",
)
async def close_account(info: Info, input: CloseAccountInput) -> CloseAccountPayload:
    found = await seen_account(info, input.account_number)
    if len(input.reads) > _METERS_MAX:
        raise Declined("LAST_READ_MISSING", field="reads")
    reads = {each.meter_serial: registers_in(each.registers) for each in input.reads}
    actor, now = info.context.who.actor, info.context.now()

    async def close() -> dict[str, Any]:
        done = await field_service.close_account(found.id, reads=reads, actor=actor, now=now)
        return {
            "bill_id": done.bill_id,
            "refundable_fen": done.refundable_fen,
            "owed_fen": done.owed_fen,
        }

    done = await once(info, input, close)
    last = None
    if done.answer["bill_id"] is not None:
        last = bill(await seen_bill(info, global_id("Bill", done.answer["bill_id"])))
    view = await account_by(info.context.sight, account_id=found.id)
    return CloseAccountPayload(
        account=account(view) if view else None,
        last_bill=last,
        refundable=money(done.answer["refundable_fen"]),
        owed=money(done.answer["owed_fen"]),
        replayed=done.replayed,
    )
