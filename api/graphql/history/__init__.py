"""History: what has happened to an account, as GraphQL objects.

Payments, refunds, messages, changes of supply, instructions and decisions, each with what it stands
on (`Evidence`). `listed` declares a page of one kind; for many accounts it is one statement.
"""

from ._enum import CommandState, SupplyState, Verdict
from ._history import (
    Command,
    Decision,
    Evidence,
    Guard,
    Message,
    Payment,
    Refund,
    SupplyChange,
    command,
    decision,
    facts,
    guard,
    message,
    payment,
    refund,
    supply_change,
    verdict,
)
from ._lines import OWNERS, listed

__all__ = [
    "OWNERS",
    "Command",
    "CommandState",
    "Decision",
    "Evidence",
    "Guard",
    "Message",
    "Payment",
    "Refund",
    "SupplyChange",
    "SupplyState",
    "Verdict",
    "command",
    "decision",
    "facts",
    "guard",
    "listed",
    "message",
    "payment",
    "refund",
    "supply_change",
    "verdict",
]
