"""What hangs on an account, one value per line of its history."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple


class PaymentView(NamedTuple):
    """A credited payment."""

    id: int
    account_id: int
    receipt: str
    channel: str
    amount_fen: int
    paid_at: datetime
    settled_at: datetime
    available_fen: int


class RefundView(NamedTuple):
    """Prepaid money that was given back; `reference` is the number of the payout."""

    id: int
    account_id: int
    number: str
    amount_fen: int
    reference: str
    refunded_at: datetime


class MessageView(NamedTuple):
    """A message and whether it arrived; `text` is in the reader's language, if it was composed."""

    id: int
    account_id: int
    kind: str
    text: str
    sent_text: str
    state: str
    created_at: datetime
    delivered_at: datetime | None


class SupplyChangeView(NamedTuple):
    """A confirmed change of the supply; `supply` is the name of a `Supply`."""

    id: int
    account_id: int
    supply: str
    at: datetime


class CommandView(NamedTuple):
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


class DecisionView(NamedTuple):
    """A decision of charge control; `evidence` lists the guards with their facts."""

    id: int
    account_id: int
    at: datetime
    verdict: str
    shadow: bool
    evidence: Sequence[Mapping[str, Any]]


class FindingView(NamedTuple):
    """What a rule noted about a meter; `closed_at`: later readings have put it right."""

    id: int
    account_id: int
    meter_serial: str
    rule: str
    since: datetime
    until: datetime
    detail: Mapping[str, Any]
    found_at: datetime
    closed_at: datetime | None


class EntitlementView(NamedTuple):
    """What an account is entitled to from `since` until (not on) `until`, and to how many."""

    id: int
    account_id: int
    name: str
    since: date
    until: date | None
    quantity: int


class StatedView(NamedTuple):
    """Capacity in VA and declared demand in W, as contracted from a day on."""

    id: int
    account_id: int
    since: date
    capacity_va: int
    declared_w: int


class RepairView(NamedTuple):
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
