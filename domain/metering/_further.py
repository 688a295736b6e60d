"""Registers beside the energy that is charged: what flows back, and reactive energy (无功)."""

from dataclasses import dataclass
from datetime import datetime

from ._plausibility import CLOCK_AHEAD, QUANTUM_WH

FURTHER = ("export_wh", "import_varh", "export_varh")
"""Columns: energy delivered into the grid (反向有功), reactive energy of either direction."""

Further = tuple[int | None, int | None, int | None]
"""Cumulative, in the order of FURTHER; None where the meter has no such register."""


@dataclass(frozen=True, slots=True)
class FurtherReading:
    """The further registers of a meter at `measured_at`."""

    meter_id: int
    measured_at: datetime
    export_wh: int | None = None
    import_varh: int | None = None
    export_varh: int | None = None

    @property
    def registers(self) -> Further:
        """The registers in the order of FURTHER."""
        return (self.export_wh, self.import_varh, self.export_varh)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds the registers of a meter."""

    account_id: int
    rated_w: int
    digits: int
    ratio: int
    installed_at: datetime

    def limit(self, since: datetime, until: datetime) -> int:
        """Return how far a register may move: 1.2 times the rating, in W or var."""
        seconds = int((until - since).total_seconds())
        return self.rated_w * 12 * seconds // (36_000 * self.ratio) + QUANTUM_WH


def broken_by(
    at: datetime,
    registers: Further,
    *,
    before: tuple[datetime, Further] | None,
    after: tuple[datetime, Further] | None,
    bounds: Bounds,
    now: datetime,
) -> str | None:
    """Return the name of the rule that the further registers break, or None."""
    if not bounds.installed_at <= at <= now + CLOCK_AHEAD:
        return "CLOCK"
    if (before and _falls(before[1], registers)) or (after and _falls(registers, after[1])):
        return "BACKWARDS"
    if before and _moves_more(before[1], registers, bounds.limit(before[0], at)):
        return "JUMP"
    return None


def _falls(earlier: Further, later: Further) -> bool:
    return any(a > b for a, b in _pairs(earlier, later))


def _moves_more(earlier: Further, later: Further, limit: int) -> bool:
    return any(b - a > limit for a, b in _pairs(earlier, later))


def _pairs(earlier: Further, later: Further) -> list[tuple[int, int]]:
    pairs = zip(earlier, later, strict=True)
    return [(a, b) for a, b in pairs if a is not None and b is not None]
