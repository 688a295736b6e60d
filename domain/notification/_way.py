"""Which way a message takes: an app's push service, an SMS, or both."""

from collections.abc import Collection
from enum import Enum, auto

from ._texts import Kind

# What the law asks for counts only when the SMS's receipt says so: a push service has no receipt.
MUST_ARRIVE = frozenset({Kind.NOTICE, Kind.FINAL_NOTICE})
SECRET = frozenset({Kind.SIGN_IN_CODE, Kind.ACCESS_CODE})
PATIENT = frozenset({Kind.ALARM, Kind.BILL_ISSUED, Kind.BILL_CORRECTED})


class Way(Enum):
    """How a message travels."""

    SMS = auto()
    """By SMS only: what proves who holds the phone."""
    BOTH = auto()
    """By SMS, and the app is told too; only the SMS counts."""
    PUSH_FIRST = auto()
    """To the app; by SMS where no push service takes it."""


def way_of(kind: str, *, sms_too: Collection[str] = ()) -> Way:
    """Return the way of a message; `sms_too` are kinds that a deployment sends both ways."""
    if kind in SECRET:
        return Way.SMS
    return Way.BOTH if kind in MUST_ARRIVE or kind in sms_too else Way.PUSH_FIRST
