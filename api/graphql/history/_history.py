"""What hangs on an account, as GraphQL objects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import strawberry

from api.graphql.field import named, told
from api.graphql.node import Node, global_id, told_id
from api.graphql.scalar import Money
from domain.command import Verb
from domain.reporting import (
    CommandView,
    DecisionView,
    MessageView,
    PaymentView,
    RefundView,
    SupplyChangeView,
)

from ._enum import CommandState, CommandVerb, MessageKind, MessageState, SupplyState, Verdict

_f = strawberry.field


@strawberry.type(description="A payment that was credited (缴费).")
class Payment(Node):
    view: strawberry.Private[PaymentView]
    id: strawberry.ID = told_id("Payment")
    receipt: str = told("view.receipt", description="Number of the receipt.")
    channel: str = told("view.channel", description="Code of the channel that collected it.")
    amount: Money = told("view.amount_fen", description="The credited amount.")
    paid_at: datetime = told(
        "view.paid_at", description="When the customer paid, as the channel says."
    )
    settled_at: datetime = told("view.settled_at", description="When it was credited.")
    available_after: Money = told(
        "view.available_fen", description="Available balance right after the credit."
    )


@strawberry.type(description="Prepaid money of a closed account that was given back (退费).")
class Refund(Node):
    view: strawberry.Private[RefundView]
    id: strawberry.ID = told_id("Refund")
    number: str = told("view.number", description="Number to be quoted.")
    amount: Money = told("view.amount_fen", description="How much was given back.")
    reference: str = told("view.reference", description="Number of the payout, at bank or till.")
    booked_at: datetime = told("view.refunded_at", description="When it was booked.")


@strawberry.type(description="A message to the account's contact (短信).")
class Message(Node):
    view: strawberry.Private[MessageView]
    id: strawberry.ID = told_id("Message")
    kind: MessageKind = told(
        "view.kind",
        named(MessageKind, otherwise=MessageKind.OTHER),
        description="What it is about.",
    )
    text: str = told(
        "view.text",
        description="The text in the caller's language; of messages that were composed in one"
        " language only, as it was sent.",
    )
    sent_text: str = told(
        "view.sent_text", description="The text as it was sent, in the account's language."
    )
    state: MessageState = told("view.state", named(MessageState), description="What became of it.")
    created_at: datetime = told("view.created_at", description="When it was written.")
    delivered_at: datetime | None = told(
        "view.delivered_at", description="When it arrived, if that is known."
    )


@strawberry.type(description="A change of the supply that the meter confirmed.")
class SupplyChange(Node):
    state: SupplyState = _f(description="The state from then on.")
    at: datetime = _f(description="When the meter reported it.")


@strawberry.type(description="An instruction to the account's meter.")
class Command(Node):
    verb: CommandVerb = _f(description="What the meter shall do.")
    state: CommandState = _f(description="Where it stands.")
    cause: str = _f(description="What it was issued for.")
    created_at: datetime = _f(description="When it was issued.")
    sent_at: datetime | None = _f(description="When it was last sent.")
    verified_at: datetime | None = _f(description="When a report showed its effect.")
    closed_at: datetime | None = _f(description="When it ended, whatever the end.")


@strawberry.type(description="A fact that a decision stands on.")
class Evidence:
    name: str = _f(description="Name of the fact, its unit last (`_fen`, `_wh`, `_at`).")
    value: str = _f(description="The fact as JSON.")


@strawberry.type(description="A condition of a trip.")
class Guard:
    name: str = _f(description="Stable name, such as NOTICE_DELIVERED.")
    holds_trip: bool = _f(description="True where it holds the trip back.")
    evidence: list[Evidence] = _f(description="The facts behind it.")


@strawberry.type(description="A decision of charge control (费控), recorded with its evidence.")
class Decision(Node):
    verdict: Verdict = _f(description="What was decided.")
    shadow: bool = _f(description="True where shadow mode kept it from having an effect.")
    at: datetime = _f(description="When it was decided.")
    guards: list[Guard] = _f(description="The conditions of a trip as they stood then.")


def payment(view: PaymentView) -> Payment:
    """Return the payment as its object."""
    return Payment(view=view)


def refund(view: RefundView) -> Refund:
    """Return the refund as its object."""
    return Refund(view=view)


def message(view: MessageView) -> Message:
    """Return the message as its object."""
    return Message(view=view)


def supply_change(view: SupplyChangeView) -> SupplyChange:
    """Return the change as its object."""
    return SupplyChange(
        id=global_id("SupplyChange", view.id), state=SupplyState[view.supply], at=view.at
    )


def command(view: CommandView) -> Command:
    """Return the instruction as its object."""
    name = Verb(view.verb).name
    return Command(
        id=global_id("Command", view.id),
        verb=CommandVerb.__members__.get(name, CommandVerb.OTHER),
        state=CommandState[view.state],
        cause=view.cause,
        created_at=view.created_at,
        sent_at=view.sent_at,
        verified_at=view.verified_at,
        closed_at=view.closed_at,
    )


def decision(view: DecisionView) -> Decision:
    """Return the decision as its object."""
    return Decision(
        id=global_id("Decision", view.id),
        verdict=verdict(view.verdict),
        shadow=view.shadow,
        at=view.at,
        guards=[
            guard(
                each["guard"],
                holds=each["holds"],
                evidence={k: fact for k, fact in each.items() if k not in {"guard", "holds"}},
            )
            for each in view.evidence
        ],
    )


def guard(name: str, *, holds: bool, evidence: Mapping[str, Any]) -> Guard:
    """Return a condition as its object; the domain says what allows, people ask what holds."""
    return Guard(name=name, holds_trip=not holds, evidence=facts(evidence))


def facts(given: Mapping[str, Any]) -> list[Evidence]:
    """Return facts as names and JSON values."""
    return [
        Evidence(name=name, value=orjson.dumps(fact, default=str).decode())
        for name, fact in given.items()
    ]


def verdict(name: str) -> Verdict:
    """Return the verdict by its name."""
    return Verdict.__members__.get(name, Verdict.OTHER)
