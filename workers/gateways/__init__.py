"""Gateways: the doors through which a message leaves the house, by SMS or to an app.

A gateway is asked with the message's own id, again after an unknown outcome, so a provider that
knows the id sends it once. `Sent.delivered` is true only where the gateway itself knows that the
message arrived; otherwise the receipt comes later. A push service is asked once per message and
device; what it took is not known to have arrived.
"""

from ._choose import choose, choose_push, push_and_sms
from ._console import ConsoleGateway
from ._port import GatewayOutage, PushService, Sent, SmsGateway, TargetGone
from ._recording import RecordingGateway
from ._web_push import WebPushService

__all__ = [
    "ConsoleGateway",
    "GatewayOutage",
    "PushService",
    "RecordingGateway",
    "Sent",
    "SmsGateway",
    "TargetGone",
    "WebPushService",
    "choose",
    "choose_push",
    "push_and_sms",
]
