"""What a meter reports: cumulative registers at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

PERIODS = ("sharp", "peak", "flat", "valley", "deep_valley")
"""Periods of the day in the order of the registers: 尖 峰 平 谷 深谷."""

REGISTERS = ("total_wh", *(f"{period}_wh" for period in PERIODS))
"""Column names of the registers, total first."""

Registers = tuple[int, int, int, int, int, int]
"""Cumulative Wh: total, then one for each of PERIODS."""


BY_HAND = -(10**9)
"""The uplink number of what no uplink brought: outside of every window."""


def registers_in(row: Mapping[str, Any], prefix: str = "") -> Registers:
    """Return the registers that the columns of a row hold."""
    total, sharp, peak, flat, valley, deep = (row[prefix + name] for name in REGISTERS)
    return (total, sharp, peak, flat, valley, deep)


@dataclass(frozen=True, slots=True)
class Reading:
    """The registers (示数) of a meter at `measured_at`, sent as its uplink number `n`."""

    meter_id: int
    n: int
    measured_at: datetime
    total_wh: int
    periods_wh: tuple[int, int, int, int, int]
    estimated: bool = False

    @property
    def registers(self) -> Registers:
        """Total and periods in one tuple, in the order of REGISTERS."""
        return (self.total_wh, *self.periods_wh)


class Outcome(StrEnum):
    """What became of a reading.

    ACCEPTED is charged. DUPLICATE was there already, word for word. HELD is implausible and
    CONFLICT contradicts what the same uplink number or instant said before: both are kept as
    exceptions, neither charged nor used to trip.
    """

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    HELD = "HELD"
    CONFLICT = "CONFLICT"
