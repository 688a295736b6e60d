"""Watch: tells subscribers that something about an account has changed.

One statement per beat for all watched accounts of the process, none where nobody watches. It reads
PostgreSQL, not Redis: a change is never missed, at the price of a beat's delay.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator

import structlog

from domain.reporting import watch_accounts

__all__ = ["Watch"]

_BEAT_S = 0.25
_log = structlog.get_logger(__name__)


class Watch:
    """The watched accounts of this process."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._marks: dict[int, str] = {}

    async def changes(self, account_id: int) -> AsyncGenerator[None]:
        """Yield whenever the account has changed; once too often is possible, too seldom is not."""
        changed = asyncio.Event()
        self._waiting[account_id].add(changed)
        # Forgetting the mark makes the next beat report: what changed before it is not missed.
        self._marks.pop(account_id, None)
        try:
            while True:
                await changed.wait()
                changed.clear()
                yield
        finally:
            self._waiting[account_id].discard(changed)
            if not self._waiting[account_id]:
                del self._waiting[account_id]
                self._marks.pop(account_id, None)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(_BEAT_S)
            if self._waiting:
                try:
                    await self._beat()
                except Exception as error:  # ruff: ignore[blind-except] -- the database may be away for a while
                    _log.warning("watch.away", error=type(error).__name__)

    async def _beat(self) -> None:
        for account_id, mark in (await watch_accounts(list(self._waiting))).items():
            if self._marks.get(account_id) != mark:
                self._marks[account_id] = mark
                for changed in self._waiting.get(account_id, ()):
                    changed.set()
