"""The conductor: moves business time to the next due moment once the house is quiet."""

import asyncio
from datetime import datetime, timedelta

from devices.simulator import Fleet
from runtime.clock import DrivenClock

from ._customers import Customers
from ._district import REPORT_EVERY
from ._patience import patiently
from ._quiet import until_quiet

_REST_S = 30.0


class Conductor:
    """Drives a day, a month, or for ever; counts what it let happen."""

    def __init__(self, clock: DrivenClock, fleet: Fleet, customers: Customers) -> None:
        self.clock = clock
        self._fleet = fleet
        self._customers = customers
        self._report_at = clock.now() + REPORT_EVERY
        self.steps = 0

    async def step(self) -> None:
        """Let everything that is due now happen, then move to the next due moment."""
        now = self.clock.now()
        due = await until_quiet(now=now, within_s=_REST_S)
        await self._customers.read_messages(now=now)
        moments = [self._report_at, due, self._customers.next_at]
        now = max(now, min(moment for moment in moments if moment is not None))
        self.clock.advance_to(now)
        self.steps += 1
        await self._customers.act(now=now)
        if now >= self._report_at:
            self._report_at = now + REPORT_EVERY
            await self._fleet.report(now)
        await self._fleet.settled()

    async def until(self, moment: datetime, *, pace: timedelta | None = None) -> None:
        """Go on to `moment`; with `pace` no faster than so much business time a second."""
        while self.clock.now() < moment:
            before = self.clock.now()
            await patiently(self.step)
            if pace:
                await asyncio.sleep((self.clock.now() - before) / pace)
