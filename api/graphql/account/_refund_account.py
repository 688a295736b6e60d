"""退费 by an operator: what is left of a closed account's money goes back."""

from uuid import UUID

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation
from api.graphql.history import Refund, refund
from api.graphql.identity import seen_account
from api.graphql.scalar import Decimal, fen
from auth import CONTROL
from domain import field_service
from domain.reporting import History, account_by, line_of

from ._account import Account, account

_f = strawberry.field
_REFERENCE_MAX = 80


@strawberry.input(description="Input of refundAccount.")
class RefundAccountInput:
    account_number: str = _f(description="A closed account (户号).")
    amount: Decimal = _f(description='Amount in units of the currency, such as "100.00".')
    reference: str = _f(description="Number of the payout, at the bank or till.")
    idempotency_key: UUID = _f(description="One per refund; repeated, it returns the first one.")


@strawberry.type(description="Answer of refundAccount.")
class RefundAccountPayload(Payload):
    refund: Refund | None = _f(default=None, description="What was booked.")
    account: Account | None = _f(default=None, description="The account as it now stands.")
    replayed: bool = _f(default=False, description="True where the key had been used before.")


@mutation(
    allow=CONTROL,
    description="Book that prepaid money of a closed account is paid back (销户退费): no more than"
    " what is left once everything is paid, and not while a bill waits for somebody.",
)
async def refund_account(info: Info, input: RefundAccountInput) -> RefundAccountPayload:
    sight, found = info.context.sight, await seen_account(info, input.account_number)
    reference = input.reference.strip()
    if not 0 < len(reference) <= _REFERENCE_MAX:
        raise Declined("REFERENCE_INVALID", field="reference")
    done = await field_service.refund_account(
        found.id,
        amount_fen=fen(input.amount),
        reference=reference,
        idempotency_key=str(input.idempotency_key),
        actor=info.context.who.actor,
        now=info.context.now(),
    )
    line = await line_of(sight, History.REFUNDS, done.id, locale=info.context.locale)
    view = await account_by(sight, account_id=found.id)
    return RefundAccountPayload(
        refund=refund(line) if line else None,
        account=account(view) if view else None,
        replayed=done.replayed,
    )
