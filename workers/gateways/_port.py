"""What every SMS gateway is."""

from dataclasses import dataclass
from typing import Protocol

from domain.notification import PushTarget, Sms


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway took the message under `provider_id`."""

    provider_id: str
    delivered: bool = False


class GatewayOutage(Exception):
    """The gateway did not take the message; it may, later."""


class SmsGateway(Protocol):
    """Sends one message."""

    async def send(self, sms: Sms) -> Sent:
        """Hand the message over; GatewayOutage where that fails."""
        ...


class TargetGone(Exception):
    """The push service knows the device no more: it is to be forgotten."""


class PushService(Protocol):
    """Reaches devices of one kind."""

    async def push(self, target: PushTarget, sms: Sms) -> None:
        """Hand the message over in the language of the device's owner.

        TargetGone, or GatewayOutage where that fails.
        """
        ...
