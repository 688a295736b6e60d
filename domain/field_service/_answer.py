"""What a customer who reports a fault is told."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What happens next."""

    TOP_UP_TO_RESTORE = "TOP_UP_TO_RESTORE"
    """The balance ran out: a top-up brings the supply back."""
    RESTORING = "RESTORING"
    """Paid, and the meter is about to be told."""
    PRESS_BUTTON = "PRESS_BUTTON"
    """The meter is ready: hold its button for three seconds."""
    DISPATCHED = "DISPATCHED"
    """Somebody comes."""


READY_TO_CLOSE = 2


@dataclass(frozen=True, slots=True)
class Outage:
    """What is known about the supply of an account that reports a fault."""

    output_open: bool
    control_state: int
    tripped: bool
    closing: bool


def answer(outage: Outage) -> Answer:
    """Tell whether the balance explains what the customer sees; if not, somebody goes there."""
    if not outage.output_open:
        return Answer.DISPATCHED
    if outage.control_state == READY_TO_CLOSE:
        return Answer.PRESS_BUTTON
    if outage.closing:
        return Answer.RESTORING
    return Answer.TOP_UP_TO_RESTORE if outage.tripped else Answer.DISPATCHED
