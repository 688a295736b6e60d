"""Registers beside the energy that is charged: what flows back, and reactive energy (无功)."""

from dataclasses import dataclass
from datetime import datetime

from ._plausibility import CLOCK_AHEAD, QUANTUM_WH, most_wh

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
        return most_wh(until - since, rated_w=self.rated_w, ratio=self.ratio) + QUANTUM_WH


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
    here = (at, registers)
    if before and _jumps(before, here, bounds):
        return "JUMP"
    if after and _jumps(here, after, bounds) and not (before and _jumps(before, after, bounds)):
        return "JUMP"
    return None


def _falls(earlier: Further, later: Further) -> bool:
    return any(a > b for a, b in _pairs(earlier, later))


def _jumps(
    earlier: tuple[datetime, Further], later: tuple[datetime, Further], bounds: Bounds
) -> bool:
    limit = bounds.limit(earlier[0], later[0])
    return any(b - a > limit for a, b in _pairs(earlier[1], later[1]))


def _pairs(earlier: Further, later: Further) -> list[tuple[int, int]]:
    pairs = zip(earlier, later, strict=True)
    return [(a, b) for a, b in pairs if a is not None and b is not None]
