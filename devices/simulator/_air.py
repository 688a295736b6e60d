"""The radio between a meter and the world."""

from collections.abc import Callable
from random import Random

from ._faults import Faults


class Air:
    """Loses datagrams by chance, and those that come while the meter sleeps."""

    def __init__(self, faults: Faults, chance: Random, is_listening: Callable[[], bool]) -> None:
        self._faults = faults
        self._chance = chance
        self._is_listening = is_listening
        self.last_sent: bytes | None = None

    def incoming(self, datagram: bytes) -> bool:
        """Tell whether the meter hears it."""
        return bool(datagram) and self._is_listening() and not self._is_lost()

    def outgoing(self, datagram: bytes) -> bool:
        """Tell whether it leaves the meter."""
        self.last_sent = datagram
        return not self._is_lost()

    def _is_lost(self) -> bool:
        return self._chance.randrange(100) < self._faults.loss_percent
