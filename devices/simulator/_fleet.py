"""Many meters in one process."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime

from ._meter import Plan, SimulatedMeter

_AT_ONCE = 64


class Fleet:
    """Meters by serial, started, reporting and stopped together."""

    def __init__(
        self,
        plans: Iterable[Plan],
        *,
        head_end: str,
        now: Callable[[], datetime],
        seed: int = 0,
    ) -> None:
        self._meters = {
            plan.serial: SimulatedMeter(plan, head_end=head_end, now=now, seed=seed)
            for plan in plans
        }

    def __getitem__(self, serial: str) -> SimulatedMeter:
        return self._meters[serial]

    def __iter__(self) -> Iterator[SimulatedMeter]:
        return iter(self._meters.values())

    def __len__(self) -> int:
        return len(self._meters)

    async def start(self) -> int:
        """Switch all on; return how many the head end has welcomed."""
        return await self._each(SimulatedMeter.start)

    async def report(self, at: datetime | None = None) -> int:
        """Let all report; return how many have nothing left unsent."""

        async def report(meter: SimulatedMeter) -> bool:
            return await meter.report(at)

        return await self._each(report)

    async def settled(self) -> None:
        """Wait until no meter has anything more to say."""
        await asyncio.gather(*(meter.settled() for meter in self))

    async def stop(self) -> None:
        """Switch all off."""
        await asyncio.gather(*(meter.stop() for meter in self))

    async def _each(self, act: Callable[[SimulatedMeter], Awaitable[bool]]) -> int:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(meter: SimulatedMeter) -> bool:
            async with gate:
                return await act(meter)

        return sum(await asyncio.gather(*(one(meter) for meter in self)))
