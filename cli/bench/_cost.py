"""What a piece of work costs: wall time, and CPU of this process and of its database session."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.base import value

_NS_PER_US = 1_000
_MS = 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Whole microseconds; `database_us` is None where the session runs on another machine."""

    wall_us: int
    own_us: int
    database_us: int | None

    @property
    def cpu_us(self) -> int | None:
        """CPU of both, or None where only one is known."""
        return None if self.database_us is None else self.own_us + self.database_us

    def told(self) -> dict[str, int | None]:
        """Return it in milliseconds, for people and JSON."""
        database_ms = None if self.database_us is None else self.database_us // _MS
        return {
            "wall_ms": self.wall_us // _MS,
            "cpu_ms": self.own_us // _MS,
            "database_cpu_ms": database_ms,
        }


async def cost_of(work: Callable[[], Awaitable[object]]) -> Cost:
    """Do the work and tell its cost; the pool must hold one session only."""
    session = int(await value("select pg_backend_pid()"))
    database_before, own_before = session_ns(session), time.process_time_ns()
    started = time.perf_counter_ns()
    await work()
    wall = time.perf_counter_ns() - started
    own, database = time.process_time_ns() - own_before, session_ns(session)
    known = database_before is not None and database is not None
    return Cost(
        wall // _NS_PER_US,
        own // _NS_PER_US,
        ((database or 0) - (database_before or 0)) // _NS_PER_US if known else None,
    )


def least(costs: list[Cost]) -> Cost:
    """Return the quickest: what else ran on the machine only ever adds."""
    return min(costs, key=lambda cost: cost.wall_us)


def middle(found: Sequence[int]) -> int:
    """Return the median (of an even number the upper one): a lucky round does not decide."""
    return sorted(found)[len(found) // 2]


def percent(part: int | None, whole: int | None) -> int | None:
    """Return `part` in percent of `whole`, rounded up."""
    return None if part is None or not whole else -(-part * 100 // whole)


def session_ns(pid: int) -> int | None:
    """Return the CPU of a database session so far; None where it runs on another machine."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None
