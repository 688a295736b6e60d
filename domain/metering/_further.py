"""Registers beside the energy that is charged: what flows back, reactive energy (无功), demand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ._plausibility import CLOCK_AHEAD, MOST_WH, QUANTUM_WH, most_wh
from ._reading import PERIODS

EXPORT_PERIODS = tuple(f"export_{period}_wh" for period in PERIODS)

FURTHER = ("export_wh", "import_varh", "export_varh", *EXPORT_PERIODS)
"""Columns: energy delivered into the grid (反向有功), reactive energy of either direction, and what
was delivered in each of PERIODS (反向尖峰平谷)."""

Further = tuple[int | None, ...]
"""Cumulative, in the order of FURTHER; None where the meter has no such register."""

DEMAND = ("demand_w", "demand_at")
"""Columns of a MaxDemand."""

_PERIODS_FROM = len(FURTHER) - len(PERIODS)
_HOUR = timedelta(hours=1)


class MaxDemand(NamedTuple):
    """The highest demand, as shown, since the meter began anew to look for it (最大需量), and when
    it was reached.
    """

    w: int
    at: datetime


class FurtherShown(NamedTuple):
    """What somebody read from the further registers of a meter, as shown; None: nothing."""

    export_wh: int | None = None
    import_varh: int | None = None
    export_varh: int | None = None
    export_periods_wh: tuple[int, int, int, int, int] | None = None
    demand: MaxDemand | None = None


@dataclass(frozen=True, slots=True)
class FurtherReading:
    """The further registers of a meter at `measured_at`; periods only beside their total."""

    meter_id: int
    measured_at: datetime
    export_wh: int | None = None
    import_varh: int | None = None
    export_varh: int | None = None
    export_periods_wh: tuple[int, int, int, int, int] | None = None
    demand: MaxDemand | None = None

    @property
    def registers(self) -> Further:
        """The registers in the order of FURTHER."""
        periods = self.export_periods_wh or (None,) * len(PERIODS)
        return (self.export_wh, self.import_varh, self.export_varh, *periods)


def further_reading(meter_id: int, at: datetime, values: Mapping[str, Any]) -> FurtherReading:
    """Return the reading of these values by FURTHER and DEMAND, as `values_of` tells them; what is
    not among them there is not.
    """
    sharp, peak, flat, valley, deep = (int(values.get(name) or 0) for name in EXPORT_PERIODS)
    has_periods = values.get(EXPORT_PERIODS[0]) is not None
    w, reached = (values.get(name) for name in DEMAND)
    return FurtherReading(
        meter_id,
        at,
        export_wh=values.get("export_wh"),
        import_varh=values.get("import_varh"),
        export_varh=values.get("export_varh"),
        export_periods_wh=(sharp, peak, flat, valley, deep) if has_periods else None,
        demand=None if w is None else MaxDemand(w, datetime.fromisoformat(str(reached))),
    )


def values_of(reading: FurtherReading) -> dict[str, Any]:
    """Return what a reading shows as JSON values."""
    found: dict[str, Any] = dict(zip(FURTHER, reading.registers, strict=True))
    if reading.demand is not None:
        found |= zip(DEMAND, (reading.demand.w, reading.demand.at.isoformat()), strict=True)
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds the registers of a meter; `ratios` held until they were changed."""

    account_id: int
    rated_w: int
    digits: int
    ratio: int
    installed_at: datetime
    removed_at: datetime | None = None
    ratios: Sequence[tuple[datetime, int]] | None = None

    def limit(self, since: datetime, until: datetime) -> int:
        """Return how far a register may move: 1.2 times the rating, in W or var."""
        ratio = min(self._ratios_between(since, until))
        return most_wh(until - since, rated_w=self.rated_w, ratio=ratio) + QUANTUM_WH

    def _ratios_between(self, since: datetime, until: datetime) -> Iterator[int]:
        for at, before in self.ratios or ():
            if at > since:
                yield before
            if at >= until:
                return
        yield self.ratio


def demand_breaks(reading: FurtherReading, bounds: Bounds) -> str | None:
    """Return the name of the rule that the demand breaks, or None."""
    if reading.demand is None:
        return None
    w, at = reading.demand
    if not bounds.installed_at <= at <= reading.measured_at:
        return "CLOCK"
    return "JUMP" if w > bounds.limit(at, at + _HOUR) else None


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
    if not bounds.installed_at <= at <= (bounds.removed_at or now + CLOCK_AHEAD):
        return "CLOCK"
    if (before and falls(before[1], registers)) or (after and falls(registers, after[1])):
        return "BACKWARDS"
    here = (at, registers)
    if max(each or 0 for each in registers) > MOST_WH or (before and _jumps(before, here, bounds)):
        return "JUMP"
    if after and _jumps(here, after, bounds) and not (before and _jumps(before, after, bounds)):
        return "JUMP"
    if (before and _differs(before[1], registers)) or (after and _differs(registers, after[1])):
        return "PERIODS"
    return None


def falls(earlier: Further, later: Further) -> bool:
    """Tell whether a register shows less later."""
    return any(a > b for a, b in _pairs(earlier, later))


def _jumps(
    earlier: tuple[datetime, Further], later: tuple[datetime, Further], bounds: Bounds
) -> bool:
    limit = bounds.limit(earlier[0], later[0])
    return any(b - a > limit for a, b in _pairs(earlier[1], later[1]))


def _differs(earlier: Further, later: Further) -> bool:
    """Tell whether the periods moved otherwise than the total, beyond what a display rounds."""
    moved = [b - a for a, b in _pairs(earlier[_PERIODS_FROM:], later[_PERIODS_FROM:])]
    total = [b - a for a, b in _pairs(earlier[:1], later[:1])]
    return bool(moved and total) and abs(total[0] - sum(moved)) > QUANTUM_WH * len(PERIODS)


def _pairs(earlier: Further, later: Further) -> list[tuple[int, int]]:
    pairs = zip(earlier, later, strict=True)
    return [(a, b) for a, b in pairs if a is not None and b is not None]
