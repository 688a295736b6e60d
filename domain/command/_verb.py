"""What may be said to a meter."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum


class Verb(IntEnum):
    """An instruction. The numbers travel on the wire; DL/T 645-2007 control bytes in brackets."""

    TRIP = 1
    """跳闸 (1A): open the output."""
    PERMIT_CLOSE = 2
    """合闸允许 (1B): make ready; the customer closes by the button."""
    CLOSE = 3
    """直接合闸 (1C): close the output."""
    ALARM_ON = 6
    """报警 (2A)."""
    ALARM_OFF = 7
    """报警解除 (2B)."""
    KEEP_ON = 8
    """保电 (3A): refuse every trip until told otherwise."""
    KEEP_OFF = 9
    """保电解除 (3B)."""


class ResultCode(IntEnum):
    """How a meter answers."""

    DONE = 0
    ACCEPTED = 1
    DEFERRED = 2
    REFUSED_KEEP = 0x10
    EXPIRED = 0x11
    BAD_AUTH = 0x12
    SEQ_CONFLICT = 0x13
    UNSUPPORTED = 0x14
    PRECONDITION = 0x15
    RELAY_FAULT = 0x20


TAKEN_CODES = frozenset({ResultCode.DONE, ResultCode.ACCEPTED, ResultCode.DEFERRED})


@dataclass(frozen=True, slots=True)
class Rule:
    """How a verb waits: smaller `priority` goes first; it is worthless after `lifetime`."""

    priority: int
    lifetime: timedelta


RULES = {
    Verb.CLOSE: Rule(0, timedelta(days=7)),
    Verb.PERMIT_CLOSE: Rule(0, timedelta(days=7)),
    Verb.KEEP_ON: Rule(1, timedelta(hours=24)),
    Verb.TRIP: Rule(3, timedelta(hours=2)),
    Verb.KEEP_OFF: Rule(4, timedelta(hours=24)),
    Verb.ALARM_OFF: Rule(5, timedelta(hours=24)),
    Verb.ALARM_ON: Rule(5, timedelta(hours=24)),
}

URGENT = frozenset({Verb.CLOSE, Verb.PERMIT_CLOSE, Verb.KEEP_ON})
"""These may follow a command that is still unresolved: closes fail open."""

OPPOSES = {
    Verb.CLOSE: (Verb.TRIP,),
    Verb.PERMIT_CLOSE: (Verb.TRIP,),
    Verb.KEEP_ON: (Verb.TRIP, Verb.KEEP_OFF),
    Verb.KEEP_OFF: (Verb.KEEP_ON,),
    Verb.ALARM_ON: (Verb.ALARM_OFF,),
    Verb.ALARM_OFF: (Verb.ALARM_ON,),
    Verb.TRIP: (),
}
"""A newer intent supersedes the contrary one that is still open."""
