"""The rules that readings are checked by (VEE), and what each of them does."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

GAP = timedelta(hours=26)
"""A meter that reports at least daily, with two hours to spare."""

FROZEN_INTERVALS = 12
"""Of 27,600 household days measured by half hours 14 % hold a run of 3 equal intervals, and 1 in a
thousand a run of 12."""

ZERO_DAYS = 7


class Effect(StrEnum):
    """HOLD keeps the reading apart: not charged, not used to trip. NOTE only tells about it."""

    HOLD = "HOLD"
    NOTE = "NOTE"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its code, what it does, and what it finds."""

    code: str
    effect: Effect
    finds: str


RULES = (
    Rule("JUMP", Effect.HOLD, "more energy than 1.2 times the rating carries between two readings"),
    Rule("BACKWARDS", Effect.HOLD, "a register below an earlier or above a later reading"),
    Rule("PERIODS", Effect.HOLD, "period registers that do not add up to the total"),
    Rule("CLOCK", Effect.HOLD, "an instant in the future, or at which the meter was not at work"),
    Rule("INSTANT_REUSED", Effect.HOLD, "an instant for which something else was said before"),
    Rule("UPLINK_REUSED", Effect.HOLD, "an uplink number that said something else before"),
    Rule("FROZEN", Effect.NOTE, f"{FROZEN_INTERVALS} equal intervals or more, not of zero"),
    Rule("ZERO_USE", Effect.NOTE, f"{ZERO_DAYS} days without use while the output is closed"),
    Rule("GAP", Effect.NOTE, f"no reading for more than {GAP.days * 24 + GAP.seconds // 3600} h"),
)
"""Every rule; what is held waits for `resolve_exception`, what is noted for whoever looks."""
