"""Group commit: uplinks that arrive together become durable together."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from domain.command import Heard, Uplink

from ._doors import Hear
from ._limits import Limits
from ._metrics import GROUP_SIZE

_log = logging.getLogger(__name__)

_Waiting = tuple[Uplink, asyncio.Future[Heard]]


class NotHeard(Exception):
    """The group could not be made durable: nobody in it may be acknowledged."""


class Gathering:
    """Collects uplinks for a few milliseconds or until the group is full, then hears them."""

    def __init__(self, hear: Hear, now: Callable[[], datetime], limits: Limits) -> None:
        self._hear = hear
        self._now = now
        self._limits = limits
        self._waiting: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()

    async def submit(self, uplink: Uplink) -> Heard:
        """Wait until the uplink is durable; raises `NotHeard`."""
        future: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self._waiting.append((uplink, future))
        self._arrived.set()
        if len(self._waiting) >= self._limits.group_max:
            self._full.set()
        return await future

    async def run(self) -> None:
        """Hear one group after the other, for ever."""
        while True:
            await self._arrived.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), self._limits.gather_ms / 1000)
            size = min(len(self._waiting), self._limits.group_max)
            group = [self._waiting.popleft() for _ in range(size)]
            if len(self._waiting) < self._limits.group_max:
                self._full.clear()
            if not self._waiting:
                self._arrived.clear()
            await self._commit(group)

    async def _commit(self, group: list[_Waiting]) -> None:
        GROUP_SIZE.observe(len(group))
        try:
            async with asyncio.timeout(self._limits.hear_timeout_s):
                answers = await self._hear([uplink for uplink, _ in group], now=self._now())
        except Exception as error:  # ruff: ignore[blind-except] # whatever it is, no meter may be acknowledged
            _log.warning("a group of %d uplinks was not heard: %r", len(group), error)
            for _, future in group:
                if not future.done():
                    future.set_exception(NotHeard())
            return
        for (_, future), heard in zip(group, answers, strict=True):
            if not future.done():
                future.set_result(heard)
