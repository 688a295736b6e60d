"""What customers do: pay, report and read."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation, replayed
from api.graphql.field_service import RepairKind, RepairRequest, repair_request
from api.graphql.identity import seen_account
from api.graphql.node import parsed_id
from api.graphql.scalar import Decimal, Money, fen, money
from auth import CUSTOMERS
from domain import field_service, notification, payment
from domain.reporting import History, account_by, line_of, list_repairs

from ._account import Account, account

_f = strawberry.field
_DESCRIPTION_MAX = 500


@strawberry.type(description="An amount that a customer means to pay through a channel.")
class PaymentOrder:
    number: str = _f(description="Number that the channel quotes with the payment.")
    channel: str = _f(description="Code of the payment channel.")
    amount: Money = _f(description="The amount to be paid.")
    expires_at: datetime = _f(description="Until when it can be paid.")


@strawberry.input(description="Input of startPayment.")
class StartPaymentInput:
    account_number: str = _f(description="Account (户号) to be credited.")
    amount: Decimal = _f(description='Amount in units of the currency, such as "100.00".')
    channel: str = _f(description="Code of the payment channel.")
    idempotency_key: UUID = _f(description="One per order; repeated, it returns the first order.")


@strawberry.type(description="Answer of startPayment.")
class StartPaymentPayload(Payload):
    order: PaymentOrder | None = _f(default=None, description="What to pay, and where.")
    account: Account | None = _f(default=None, description="The account it is for.")
    replayed: bool = _f(default=False, description="True where the key had been used before.")


@strawberry.input(description="Input of reportRepair.")
class ReportRepairInput:
    account_number: str = _f(description="Account (户号) whose place it is.")
    kind: RepairKind = _f(description="What is broken.")
    description: str = _f(default="", description="The customer's words, 500 characters at most.")
    idempotency_key: UUID = _f(description="One per report; repeated, it returns the first one.")


@strawberry.type(description="Answer of reportRepair.")
class ReportRepairPayload(Payload):
    repair_request: RepairRequest | None = _f(
        default=None, description="The request with its answer."
    )
    account: Account | None = _f(default=None, description="The account it is about.")
    replayed: bool = replayed()


@strawberry.input(description="Input of markMessagesRead.")
class MarkMessagesReadInput:
    message_id: strawberry.ID = _f(description="The newest message that was shown.")


@strawberry.type(description="Answer of markMessagesRead.")
class MarkMessagesReadPayload(Payload):
    account: Account | None = _f(default=None, description="The account of the message.")


@mutation(allow=CUSTOMERS, description="Order a payment; the channel collects it.")
async def start_payment(info: Info, input: StartPaymentInput) -> StartPaymentPayload:
    found = await seen_account(info, input.account_number, right="PAY")
    order = await payment.start_payment(
        found.id,
        channel=input.channel,
        amount_fen=fen(input.amount),
        person_id=info.context.who.person_id,
        idempotency_key=str(input.idempotency_key),
        now=info.context.now(),
    )
    return StartPaymentPayload(
        order=PaymentOrder(
            number=order.number,
            channel=order.channel,
            amount=money(order.amount_fen),
            expires_at=order.expires_at,
        ),
        account=account(found),
        replayed=order.replayed,
    )


@mutation(allow=CUSTOMERS, description="Report that something is broken.")
async def report_repair(info: Info, input: ReportRepairInput) -> ReportRepairPayload:
    if len(input.description) > _DESCRIPTION_MAX:
        raise Declined("TEXT_TOO_LONG", field="description")
    found = await seen_account(info, input.account_number, right="REPORT")
    repair = await field_service.report_repair(
        found.id,
        person_id=info.context.who.person_id,
        kind=input.kind.name,
        description=input.description,
        idempotency_key=str(input.idempotency_key),
        now=info.context.now(),
    )
    (view,) = await list_repairs(info.context.sight, limit=1, repair_id=repair.id)
    return ReportRepairPayload(
        repair_request=repair_request(view), account=account(found), replayed=repair.replayed
    )


@mutation(
    allow=CUSTOMERS,
    description="Note that the caller has read a message and all before it of the same account, on"
    " all devices. It never goes back.",
)
async def mark_messages_read(info: Info, input: MarkMessagesReadInput) -> MarkMessagesReadPayload:
    sight = info.context.sight
    key = parsed_id(input.message_id, "Message")
    locale = info.context.locale
    message = await line_of(sight, History.MESSAGES, key.id, locale=locale) if key else None
    if message is None:
        raise Declined("MESSAGE_UNKNOWN", field="messageId")
    await notification.mark_read(message.id, person_id=info.context.who.person_id)
    found = await account_by(sight, account_id=message.account_id)
    return MarkMessagesReadPayload(account=account(found) if found else None)
