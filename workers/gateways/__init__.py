"""Gateways: the doors through which a message leaves the house.

A gateway is asked with the message's own id, again after an unknown outcome, so a provider that
knows the id sends it once. `Sent.delivered` is true only where the gateway itself knows that the
message arrived; otherwise the receipt comes later.
"""

from ._choose import choose
from ._console import ConsoleGateway
from ._port import GatewayOutage, Sent, SmsGateway
from ._recording import RecordingGateway

__all__ = [
    "ConsoleGateway",
    "GatewayOutage",
    "RecordingGateway",
    "Sent",
    "SmsGateway",
    "choose",
]
