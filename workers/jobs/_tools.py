"""What jobs work with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workers.gateways import PushService, SmsGateway


class Delivers(Protocol):
    """The head end, as far as a job needs it."""

    async def deliver(self, meter_id: int) -> object:
        """Send the meter's next command if the meter can be reached now."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """The doors outside that this process owns."""

    gateway: SmsGateway | None = None
    push: Mapping[str, PushService] = field(default_factory=dict)
    push_and_sms: frozenset[str] = frozenset()
    head_end: Delivers | None = None


class Later(Exception):
    """Not now: hand the facts out again after `delay_s`, however often; who asks bounds that."""

    def __init__(self, delay_s: float) -> None:
        super().__init__(f"again in {delay_s} s")
        self.delay_s = delay_s
