"""May this be true? Rules with names; what breaks one is held as an exception."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ._reading import Reading, Registers

CLOCK_AHEAD = timedelta(minutes=10)
_SECOND = timedelta(seconds=1)
MOST_WH = 10**12
"""More than any register counts, and little enough to multiply by any ratio."""

QUANTUM_WH = 10  # one step of a display with two decimals of a kWh


@dataclass(frozen=True, slots=True)
class Known:
    """Registers that are already accepted, at an instant."""

    measured_at: datetime
    registers: Registers


def limit_wh(before: Known, measured_at: datetime, *, rated_w: int, ratio: int = 1) -> int:
    """Return how far a register may have moved since: 1.2 times the rating, behind the ratio."""
    return most_wh(measured_at - before.measured_at, rated_w=rated_w, ratio=ratio) + QUANTUM_WH


def most_wh(time: timedelta, *, rated_w: int, ratio: int) -> int:
    """Return what 1.2 times the rating moves a register behind the ratio by in this time."""
    return rated_w * 12 * (time // _SECOND) // (36_000 * ratio)


def broken_rule(
    reading: Reading,
    *,
    before: Known | None,
    after: Known | None,
    rated_w: int,
    now: datetime,
    ratio: int = 1,
) -> str | None:
    """Return the name of the rule that the reading breaks, or None.

    CLOCK: measured in the future, or before the meter's first reading. BACKWARDS: a register lies
    below an earlier or above a later one. JUMP: more energy since the reading before or until the
    one after than 1.2 times the rating could carry in the time. PERIODS: the period registers do
    not add up to the total.
    """
    if before is None or reading.measured_at > now + CLOCK_AHEAD:
        return "CLOCK"
    here = Known(reading.measured_at, reading.registers)
    jumps = partial(_jumps, rated_w=rated_w, ratio=ratio)
    if _falls(before, here) or (after and _falls(here, after)):
        return "BACKWARDS"
    # Where both neighbours stand that far apart by themselves, somebody has answered for it.
    if jumps(before, here) or (after and jumps(here, after) and not jumps(before, after)):
        return "JUMP"
    if does_not_add_up(before.registers, reading.registers):
        return "PERIODS"
    return None


def _falls(earlier: Known, later: Known) -> bool:
    return any(b < a for a, b in zip(earlier.registers, later.registers, strict=True))


def _jumps(before: Known, after: Known, *, rated_w: int, ratio: int) -> bool:
    limit = limit_wh(before, after.measured_at, rated_w=rated_w, ratio=ratio)
    return any(b - a > limit for a, b in zip(before.registers, after.registers, strict=True))


def does_not_add_up(earlier: Registers, later: Registers) -> bool:
    """Tell whether the periods moved otherwise than the total, beyond what a display rounds."""
    total, *periods = (b - a for a, b in zip(earlier, later, strict=True))
    return abs(total - sum(periods)) > QUANTUM_WH * len(periods)
