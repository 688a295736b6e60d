"""What a register probably stood at where nothing was measured: methods in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ._plausibility import Known
from ._reading import Registers

SHORT = timedelta(days=3)
WEEKS = 4
FEWEST_WEEKS = 2
YEAR = timedelta(days=364)  # the same weekday
DAY_S = 86_400

Use = Mapping[date, Registers]
"""What each measured day used, by register."""


class Method(StrEnum):
    """LINEAR: between two readings at most 3 days apart. SAME_WEEKDAYS: the mean of the same
    weekdays of the 4 weeks before. LAST_YEAR: the same weekdays 52 weeks before.
    """

    LINEAR = "LINEAR"
    SAME_WEEKDAYS = "SAME_WEEKDAYS"
    LAST_YEAR = "LAST_YEAR"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated registers of a meter, with the method they come from."""

    meter_id: int
    measured_at: datetime
    registers: Registers
    method: Method


@dataclass(frozen=True, slots=True)
class Share:
    """A local day and how many seconds of it belong to a stretch."""

    day: date
    seconds: int


def registers_at(
    part: Sequence[Share],
    rest: Sequence[Share],
    *,
    before: Known,
    after: Known | None,
    use: Use,
) -> tuple[Registers, Method] | None:
    """Return the registers after the days in `part`, and the method; None where none applies.

    `rest` are the days from there to `after`. Where `after` is known the days only give the shape:
    the energy between both readings is what was measured, whatever is estimated in between.
    """
    if after and is_short(before, after):
        return _between(before, after, _seconds(part), _seconds(rest)), Method.LINEAR
    for method in (Method.SAME_WEEKDAYS, Method.LAST_YEAR):
        known = {each.day: _typical(each.day, use, method) for each in (*part, *rest)}
        days = {day: each for day, each in known.items() if each is not None}
        if len(days) < len(known):
            continue
        way = _way(part, days)
        if after is None:
            return _sum(before.registers, way), method
        return _scaled(before, after, way, _way(rest, days)), method
    return None


def is_short(before: Known, after: Known | None) -> bool:
    """Tell whether both readings are near enough for a straight line."""
    return after is not None and after.measured_at - before.measured_at <= SHORT


def days_wanted(days: Sequence[date]) -> list[date]:
    """Return the days whose use the methods ask for."""
    weeks = [timedelta(weeks=k) for k in range(1, WEEKS + 1)]
    return sorted({day - back for day in days for back in (*weeks, YEAR)})


def _typical(day: date, use: Use, method: Method) -> Registers | None:
    if method is Method.LAST_YEAR:
        return use.get(day - YEAR)
    weeks = (day - timedelta(weeks=k) for k in range(1, WEEKS + 1))
    found = [use[week] for week in weeks if week in use]
    if len(found) < FEWEST_WEEKS:
        return None
    return _registers([sum(each) // len(found) for each in zip(*found, strict=True)])


def _way(shares: Sequence[Share], days: Use) -> Registers:
    ways = [[wh * share.seconds // DAY_S for wh in days[share.day]] for share in shares]
    return _registers([sum(each) for each in zip(*ways, strict=True)] or [0] * 6)


def _scaled(before: Known, after: Known, way: Registers, rest: Registers) -> Registers:
    pairs = zip(before.registers, after.registers, way, rest, strict=True)
    return _registers([
        a + ((b - a) * part // (part + left) if part + left else 0) for a, b, part, left in pairs
    ])


def _between(before: Known, after: Known, part_s: int, rest_s: int) -> Registers:
    pairs = zip(before.registers, after.registers, strict=True)
    return _registers([a + (b - a) * part_s // (part_s + rest_s) for a, b in pairs])


def _sum(left: Registers, right: Registers) -> Registers:
    return _registers([a + b for a, b in zip(left, right, strict=True)])


def _seconds(shares: Sequence[Share]) -> int:
    return sum(share.seconds for share in shares)


def _registers(values: Sequence[int]) -> Registers:
    total, sharp, peak, flat, valley, deep = values
    return (total, sharp, peak, flat, valley, deep)
