"""Clock: the only reader of time.

`now()` is business time (aware UTC): real, or driven by a conductor through a small shared file so
that all processes on one machine see one clock. `wall()` is always real: tokens, signatures,
leases, backoff.
"""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

from runtime.settings import WrongSettings, settings

__all__ = ["Clock", "DrivenClock", "WallClock", "now", "use", "wall"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Clock(Protocol):
    """Anything that tells business time."""

    def now(self) -> datetime:
        """Return the aware UTC moment."""
        ...


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the real moment."""
        return datetime.now(UTC)


class DrivenClock:
    """Business time that stands still until its conductor moves it; never backwards."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)
        # One aligned 64-bit store or load: another process never sees half a moment.
        self._ticks = memoryview(self._memory).cast("q")

    @classmethod
    def create(cls, path: Path, moment: datetime) -> Self:
        """Make (or take over) the shared file, standing at `moment`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(struct.pack("=q", (moment - _EPOCH) // _TICK))
        return cls(path)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return _EPOCH + self._ticks[0] * _TICK

    def advance_to(self, moment: datetime) -> None:
        """Move to `moment`; an earlier one is a ValueError."""
        if moment < self.now():
            raise ValueError(f"business time never runs backwards: {moment} is before {self.now()}")
        self._ticks[0] = (moment - _EPOCH) // _TICK

    def forward(self, **duration: int) -> datetime:
        """Move by a duration (`hours=1`, as for timedelta) and return where it stands now."""
        self.advance_to(self.now() + timedelta(**duration))
        return self.now()

    def close(self) -> None:
        """Let go of the shared file."""
        self._ticks.release()
        self._memory.close()


_chosen: list[Clock] = []


def now() -> datetime:
    """Return business time: driven where the settings name a clock file, else real.

    Raises WrongSettings where that file is none.
    """
    if not _chosen:
        path = settings().clock_file
        try:
            _chosen.append(DrivenClock(path) if path else WallClock())
        except (OSError, ValueError) as wrong:
            raise WrongSettings(f"FEIKONG_CLOCK_FILE: {path} is no clock: {wrong}") from wrong
    return _chosen[0].now()


def use(clock: Clock | None) -> None:
    """Make `clock` this process's business clock; None: what the settings say."""
    _chosen[:] = [] if clock is None else [clock]


def wall() -> datetime:
    """Return real time, for everything technical."""
    return datetime.now(UTC)
