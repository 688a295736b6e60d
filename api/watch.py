"""Watch: tells subscribers that something has changed: an account, an instruction, one's tasks.

One statement per beat and topic for all that the process watches, none where nobody watches. It
reads PostgreSQL, not Redis: a change is never missed, at the price of a beat's delay. What has
changed is told by a revision that differs, so who was away knows by it whether anything did.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from hashlib import blake2b

import structlog

from domain.reporting import watch_accounts, watch_commands, watch_tasks

__all__ = ["Topic", "Watch"]

_BEAT_S = 0.25
_log = structlog.get_logger(__name__)

Marks = Callable[[Sequence[int]], Awaitable[Mapping[int, str]]]


class Topic:
    """What can be watched by its id; `marks` tells how each stands."""

    def __init__(self, marks: Marks) -> None:
        self._marks_of = marks
        self._waiting: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._marks: dict[int, str] = {}

    async def revision(self, number: int) -> str:
        """Return the revision as it stands now; ask it before what it stands for."""
        return _revision((await self._marks_of([number])).get(number))

    async def changes(self, number: int) -> AsyncGenerator[str, None]:
        """Yield the revision whenever it changes; once too often is possible, too seldom is not."""
        changed = asyncio.Event()
        self._waiting[number].add(changed)
        # Forgetting the mark makes the next beat report: what changed before it is not missed.
        self._marks.pop(number, None)
        try:
            while True:
                await changed.wait()
                changed.clear()
                mark = self._marks.get(number)
                if mark is not None:  # another one who has just come made us forget it
                    yield _revision(mark)
        finally:
            self._waiting[number].discard(changed)
            if not self._waiting[number]:
                del self._waiting[number]
                self._marks.pop(number, None)

    async def beat(self) -> None:
        """Look, and wake up whoever watches what has changed."""
        if not self._waiting:
            return
        for number, mark in (await self._marks_of(list(self._waiting))).items():
            if self._marks.get(number) != mark:
                self._marks[number] = mark
                for changed in self._waiting.get(number, ()):
                    changed.set()


class Watch:
    """What this process watches."""

    def __init__(self) -> None:
        self.accounts = Topic(watch_accounts)
        self.commands = Topic(watch_commands)
        self.tasks = Topic(watch_tasks)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(_BEAT_S)
            try:
                for topic in (self.accounts, self.commands, self.tasks):
                    await topic.beat()
            except Exception as error:  # ruff: ignore[blind-except] -- the database may be away for a while
                _log.warning("watch.away", error=type(error).__name__)


def _revision(mark: str | None) -> str:
    return blake2b((mark or "").encode(), digest_size=9).hexdigest()
