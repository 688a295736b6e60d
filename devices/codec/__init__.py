"""Codec: the bytes that meters and the head end exchange, as values.

A message is a CBOR map with integer keys; times are whole epoch seconds, energy whole Wh, a
command id eight bytes big-endian. `packed()` gives the bytes, `unpacked(payload)` the value or
`BadMessage`, which names the CoAP code of the answer. Nothing is guessed: an unknown key, a tag,
a float, a value out of range or a byte too many refuses the whole message.
"""

from ._envelope import Delivery, Envelope
from ._event import Event, EventKind
from ._fields import BAD_REQUEST, PAYLOAD_MAX, UNPROCESSABLE, BadMessage
from ._registration import Mode, Registration, Welcome
from ._result import Result
from ._status import Status
from ._telemetry import Telemetry

__all__ = [
    "BAD_REQUEST",
    "PAYLOAD_MAX",
    "UNPROCESSABLE",
    "BadMessage",
    "Delivery",
    "Envelope",
    "Event",
    "EventKind",
    "Mode",
    "Registration",
    "Result",
    "Status",
    "Telemetry",
    "Welcome",
]
