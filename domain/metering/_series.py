"""A meter's readings in the order of their instants: are they plainly true?

What usually comes needs no judging reading by reading. Here whole columns are looked at, and only
what leaves no doubt passes; all else goes to `sort`, which would have accepted this too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from operator import itemgetter, sub
from typing import Any, Final, NamedTuple

from ._plausibility import CLOCK_AHEAD, QUANTUM_WH, most_wh
from ._reading import BY_HAND, PERIODS, REGISTERS, Reading
from ._uplink_window import UplinkWindow

Row = tuple[int, datetime, int, int, int, int, int, int, int, bool]
"""A reading as the archive holds it: a value for each of COLUMNS."""

COLUMNS = ("meter_id", "measured_at", "n", *REGISTERS, "estimated")

_AT: Final = 1
_N: Final = 2
_NOTHING = timedelta()
_in_time = itemgetter(_AT)
_number = itemgetter(_N)
_registers = itemgetter(*REGISTERS)


class Series(NamedTuple):
    """What of a meter's readings is new, all of it plainly true, and its uplinks after it."""

    new: Sequence[Row]
    window: UplinkWindow


def row_of(r: Reading) -> Row:
    """Return a reading as a row of the archive."""
    return (r.meter_id, r.measured_at, r.n, r.total_wh, *r.periods_wh, r.estimated)


def series_of(readings: Iterable[Reading]) -> dict[int, list[Row]]:
    """Return the readings of each meter, in the order in which they were measured."""
    found: dict[int, list[Row]] = {}
    for r in readings:
        # As row_of does; a call for each would take as long as half of all the rest.
        row = (r.meter_id, r.measured_at, r.n, r.total_wh, *r.periods_wh, r.estimated)
        found.setdefault(row[0], []).append(row)
    for rows in found.values():
        rows.sort(key=_in_time)
    return found


def standing(meter: Mapping[str, Any]) -> Row:
    """Return the last reading of a meter, as far as its registers tell."""
    estimated = meter["estimated"]
    return (meter["meter_id"], meter["measured_at"], BY_HAND, *_registers(meter), estimated)


def is_behind(rows: Sequence[Row], meter: Mapping[str, Any]) -> bool:
    """Tell whether the archive must be asked: something is late, or its number may be taken."""
    last_at: datetime = meter["measured_at"]
    return rows[0][_AT] <= last_at or min(map(_number, rows)) <= int(meter["last_n"])


def plain(
    rows: Sequence[Row], meter: Mapping[str, Any], archive: Sequence[Row], *, now: datetime
) -> Series | None:
    """Return what is new in a meter's readings, or None if `sort` must look at each of them.

    `archive` is what stands around them, in order: the last one measured before them, what lies
    between, and the first one measured after them.
    """
    if meter["estimated"] or meter["removed_at"] or rows[-1][_AT] > now + CLOCK_AHEAD:
        return None
    if not archive or archive[0][_AT] >= rows[0][_AT]:
        return None
    if meter["ratios"] and archive[0][_AT] < meter["ratios"][-1][0]:
        return None
    chain = [*archive, *rows]
    new, numbers, shortest = rows, list(map(_number, rows)), _shortest(chain)
    window = UplinkWindow(meter["last_n"], meter["seen"])
    taken = window.taking_all(numbers)
    if shortest <= _NOTHING:
        found = _unsaid(rows, archive)
        if not found:
            return None if found is None else Series([], taken)
        chain = sorted([*archive, *found], key=_in_time)
        new, numbers, shortest = found, list(map(_number, found)), _shortest(chain)
    if not _are_free(numbers, window) or not _follow(chain, shortest, meter):
        return None
    return Series(new, taken)


def _shortest(chain: Sequence[Row]) -> timedelta:
    at = list(map(_in_time, chain))
    found: timedelta = min(map(sub, at[1:], at))
    return found


def _unsaid(rows: Sequence[Row], archive: Sequence[Row]) -> list[Row] | None:
    """Return the rows that were not said before, word for word; None if one says otherwise."""
    said = {row[_AT]: row for row in archive}
    new = []
    for row in rows:
        before = said.setdefault(row[_AT], row)
        if before is row:
            new.append(row)
        elif before[_N:] != row[_N:]:
            return None
    return new


def _are_free(numbers: Sequence[int], window: UplinkWindow) -> bool:
    counted = [n for n in numbers if n != BY_HAND] if BY_HAND in numbers else numbers
    if len(set(counted)) < len(counted):
        return False
    return min(counted, default=BY_HAND) > window.last_n or not any(map(window.has, counted))


def _follow(chain: Sequence[Row], shortest: timedelta, meter: Mapping[str, Any]) -> bool:
    """Tell whether between no two of these readings, so far apart, a rule can be broken."""
    _, at, _, total, *periods, estimated = zip(*chain, strict=True)
    moving = [each for each in periods if each.count(each[0]) < len(each)]
    if any(estimated) or any(list(each) != sorted(each) for each in (total, *moving)):
        return False
    untold: Sequence[int] = total
    for each in moving:
        untold = tuple(map(sub, untold, each))
    slack = max(untold) - min(untold)
    if slack > QUANTUM_WH * len(PERIODS):
        return False
    carried = partial(most_wh, rated_w=meter["rated_w"], ratio=meter["ratio"])
    if max(map(sub, total[1:], total)) + slack <= carried(shortest):
        return True
    return all(
        b - a + slack <= carried(until - since)
        for (a, since), (b, until) in pairwise(zip(total, at, strict=True))
    )
