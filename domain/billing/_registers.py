"""Registers at an instant at which perhaps nobody read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import add

from domain.metering import Registers

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Read:
    """Registers and when they stood there; `estimated` ones were reckoned, not read."""

    at: datetime
    registers: Registers
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a meter stood; `missing`: nothing is known from then on, it stood here before."""

    registers: Registers
    estimated: bool = False
    missing: bool = False


def stood(at: datetime, before: Read, after: Read | None) -> Stood:
    """Return where the registers stood, from the nearest readings on both sides.

    Between them energy is shared out by time, so a period that is cut with no reading inside is
    cut by days. `before` may be at the instant itself, or after it: the meter was not at work yet.
    """
    if before.at >= at:
        return Stood(before.registers, before.estimated)
    if after is None:
        return Stood(before.registers, estimated=True, missing=True)
    if after.at == at:
        return Stood(after.registers, after.estimated)
    elapsed, span = (at - before.at) // _MICROSECOND, (after.at - before.at) // _MICROSECOND
    moved = [high - low for low, high in zip(before.registers, after.registers, strict=True)]
    ways = [way * elapsed // span for way in moved]
    if moved[0] == sum(moved[1:]):
        ways[0] = sum(ways[1:])  # or a bill would show a Wh in total that no period has
    total, sharp, peak, flat, valley, deep = map(add, before.registers, ways)
    return Stood((total, sharp, peak, flat, valley, deep), estimated=True)
