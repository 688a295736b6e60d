"""Head end: hears the meters and tells them.

An uplink is acknowledged only after its group is durable. A waiting command rides in the answer;
`HeadEnd.deliver` sends it to a meter that is awake, from the same socket. Silence is `UNANSWERED`:
the outcome is unknown and the command waits. Plain CoAP runs only where the profile allows it.
"""

from ._doors import Doors
from ._downlink import Delivered
from ._head_end import HeadEnd, PlainCoapRefused
from ._limits import Limits
from ._link import CoapLink, MeterLink

__all__ = [
    "CoapLink",
    "Delivered",
    "Doors",
    "HeadEnd",
    "Limits",
    "MeterLink",
    "PlainCoapRefused",
]
