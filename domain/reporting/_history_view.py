"""What hangs on an account, one value per line of its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ._account_view import Supply


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A credited payment."""

    id: int
    account_id: int
    receipt: str
    channel: str
    amount_fen: int
    paid_at: datetime
    settled_at: datetime
    available_fen: int


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message and whether it arrived."""

    id: int
    account_id: int
    kind: str
    text: str
    state: str
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class SupplyChangeView:
    """A confirmed change of the supply."""

    id: int
    account_id: int
    supply: Supply
    at: datetime


@dataclass(frozen=True, slots=True)
class CommandView:
    """An instruction to the account's meter and where it stands."""

    id: int
    account_id: int
    verb: int
    state: str
    cause: str
    created_at: datetime
    sent_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision of charge control; `evidence` lists the guards with their facts."""

    id: int
    account_id: int
    at: datetime
    verdict: str
    shadow: bool
    evidence: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair request and what became of it."""

    id: int
    account_id: int
    account_number: str
    number: str
    kind: str
    description: str
    answer: str
    created_at: datetime
    task_id: int | None
    task_state: str | None
