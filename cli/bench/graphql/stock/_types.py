"""The types of the two documents below an account, each told from its row."""

from datetime import date, datetime
from typing import Generic, Self, TypeVar

import strawberry

from cli.bench.graphql._written import decimal, opaque

from . import _models as models

Each = TypeVar("Each")
_READY = 2


@strawberry.type
class Money:
    amount: str
    currency: str = "CNY"

    @classmethod
    def of(cls, fen: int) -> Self:
        return cls(amount=decimal(fen, 2))


@strawberry.type
class Balance:
    available: Money
    prepaid: Money
    receivable: Money
    late_fee: Money
    unbilled: Money
    unbilled_energy: str
    as_of: datetime | None
    days_left: int | None

    @classmethod
    def of(cls, found: models.Position) -> Self:
        available, daily = found.available_fen, found.daily_fen
        return cls(
            available=Money.of(available),
            prepaid=Money.of(found.prepaid_fen),
            receivable=Money.of(found.receivable_fen),
            late_fee=Money.of(found.late_fee_fen),
            unbilled=Money.of(found.unbilled_fen),
            unbilled_energy=decimal(found.unbilled_wh, 3),
            as_of=found.as_of,
            days_left=0 if available <= 0 else available // daily if daily > 0 else None,
        )


@strawberry.type
class Supply:
    state: str
    reported_at: datetime | None

    @classmethod
    def of(cls, found: models.Supply) -> Self:
        if found.reported_at is None:
            return cls(state="UNKNOWN", reported_at=None)
        closed = "READY_TO_CLOSE" if found.control_state == _READY else "OFF"
        state = "ON" if found.output_state == 1 else closed
        return cls(state=state, reported_at=found.reported_at)


@strawberry.type
class Message:
    id: strawberry.ID
    kind: str
    text: str
    state: str
    created_at: datetime

    @classmethod
    def of(cls, found: models.Message) -> Self:
        return cls(
            id=strawberry.ID(opaque("Message", found.id)),
            kind=found.kind,
            text=found.text,
            state=found.state,
            created_at=found.created_at,
        )


@strawberry.type
class Payment:
    id: strawberry.ID
    receipt: str
    amount: Money
    paid_at: datetime

    @classmethod
    def of(cls, found: models.Payment) -> Self:
        return cls(
            id=strawberry.ID(opaque("Payment", found.id)),
            receipt=found.receipt,
            amount=Money.of(found.amount_fen),
            paid_at=found.paid_at,
        )


@strawberry.type
class RepairRequest:
    id: strawberry.ID
    number: str
    kind: str
    answer: str
    open: bool
    created_at: datetime

    @classmethod
    def of(cls, found: models.RepairRequest) -> Self:
        return cls(
            id=strawberry.ID(opaque("RepairRequest", found.id)),
            number=found.number,
            kind=found.kind,
            answer=found.answer,
            open=found.task is not None and found.task.state != "DONE",
            created_at=found.created_at,
        )


@strawberry.type
class BillLine:
    line: str
    period: str | None
    tier: int | None
    quantity: str
    unit: str
    unit_price: str
    amount: Money

    @classmethod
    def of(cls, found: models.BillLine) -> Self:
        percent = found.unit == "%"
        return cls(
            line=found.line,
            period=found.period,
            tier=found.tier,
            quantity=decimal(found.quantity, 2 if percent else 3),
            unit=found.unit,
            unit_price=decimal(found.price, 6 if percent else 8),
            amount=Money.of(found.amount_fen),
        )


@strawberry.type
class Bill:
    id: strawberry.ID
    number: str
    state: str
    first_day: date
    until: date
    total: Money | None
    energy: str
    issued_at: datetime | None
    lines: list[BillLine]

    @classmethod
    def of(cls, found: models.Bill) -> Self:
        return cls(
            id=strawberry.ID(opaque("Bill", found.id)),
            number=str(found.id),
            state=found.state,
            first_day=found.first_day,
            until=found.until,
            total=None if found.total_fen is None else Money.of(found.total_fen),
            energy=decimal(found.energy_wh, 3),
            issued_at=found.issued_at,
            lines=[BillLine.of(line) for line in found.lines],
        )


@strawberry.type
class Edge(Generic[Each]):
    node: Each


@strawberry.type
class Connection(Generic[Each]):
    edges: list[Edge[Each]]


def page(found: list[Each]) -> Connection[Each]:
    """Return them as a connection."""
    return Connection(edges=[Edge(node=each) for each in found])
