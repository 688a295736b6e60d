"""Which meter a serial number means, remembered for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ._doors import MetersOf
from ._limits import Limits


@dataclass(frozen=True, slots=True)
class _Known:
    meter_id: int | None
    until: float


class Serials:
    """A bounded memory in front of `meters_of`; those who ask at once share one question."""

    def __init__(self, meters_of: MetersOf, limits: Limits, elapsed: Callable[[], float]) -> None:
        self._meters_of = meters_of
        self._limits = limits
        self._elapsed = elapsed
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._wanted: set[str] = set()
        self._asking: asyncio.Task[Mapping[str, int]] | None = None

    async def meter_of(self, serial: str) -> int | None:
        """Return the id of the installed meter, or None. An unknown one is forgotten soon."""
        known = self._known.get(serial)
        if known is not None and known.until > self._elapsed():
            return known.meter_id
        self._wanted.add(serial)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        # The question belongs to all who joined it: one that goes away must not end it.
        found = await asyncio.shield(self._asking)
        return found.get(serial)

    async def _ask(self) -> Mapping[str, int]:
        await asyncio.sleep(0)
        wanted, self._wanted, self._asking = self._wanted, set(), None
        found = await self._meters_of(wanted)
        now = self._elapsed()
        for serial in wanted:
            meter_id = found.get(serial)
            lasts = self._limits.known_for_s if meter_id else self._limits.unknown_for_s
            self._known[serial] = _Known(meter_id, now + lasts)
            self._known.move_to_end(serial)
        while len(self._known) > self._limits.serials_max:
            self._known.popitem(last=False)
        return found
