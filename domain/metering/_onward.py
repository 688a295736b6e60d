"""Readings that plainly go on from where the registers of their meter stood.

What usually comes is newer than all before, numbered on and climbing: it passes at a glance, and
is packed for the archive in the same breath. What leaves a doubt goes to `plain`, and then to
`sort`, which would have accepted all that passes here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from ._packed import DAY_US, EPOCH, day_of, micros, pack
from ._plausibility import CLOCK_AHEAD, QUANTUM_WH
from ._reading import PERIODS, Reading, registers_in
from ._rollover import in_turn, span_wh
from ._uplink_window import UplinkWindow, counted

Meter = Any
"""How a meter stands, as the driver has it: a mapping, and a tuple that begins with a Row."""

Meters = Mapping[int, Meter]

_SLACK_WH = QUANTUM_WH * len(PERIODS)
_S_US = 1_000_000
_in_time = attrgetter("measured_at")


class Onward(NamedTuple):
    """Packed rows and their days (UTC); the last reading of each meter, and its uplinks after it.

    `doubtful` are the meters of which nothing is here.
    """

    rows: list[bytes]
    days: set[date]
    last: list[tuple[Reading, int]]
    doubtful: set[int]


def onward(brought: Mapping[int, Sequence[Reading]], meters: Meters, *, now: datetime) -> Onward:
    """Return what of the readings that each meter has brought plainly goes on."""
    going = Onward([], set(), [], set())
    days: set[int] = set()
    latest = micros(now + CLOCK_AHEAD)
    for meter_id, shown in brought.items():
        meter, readings = meters[meter_id], shown
        found = _rows(readings, meter, latest)
        if found is None:
            readings = _in_turn(sorted(shown, key=_in_time), meter)
            found = _rows(readings, meter, latest)
        if found is None:
            going.doubtful.add(meter_id)
        else:
            going.rows.extend(found[0])
            days |= found[1]
            going.last.append((readings[-1], _seen(readings, meter["last_n"], meter["seen"])))
    going.days.update(map(day_of, days))
    return going


# ruff: ignore[too-many-locals] -- names for the columns
def _rows(
    brought: Sequence[Reading], meter: Meter, latest: int
) -> tuple[list[bytes], set[int]] | None:
    """Return the packed rows of a meter and their days, or None where a rule might be broken.

    All in one loop and without calls: here a file spends its time.
    """
    meter_id, since, n, total, a, b, c, d, e, estimated, *_ = meter
    if estimated or meter["removed_at"] or meter["ratios"]:
        return None
    at, told = micros(since), a + b + c + d + e
    power, share = meter["rated_w"] * 12, 36_000 * meter["ratio"]  # as most_wh has it
    found, days, midnight = [], set(), 0
    for r in brought:
        then, before, time = at, n, r.measured_at - EPOCH
        at = time.days * DAY_US + time.seconds * _S_US + time.microseconds
        n = r.n
        if not then < at <= latest or n <= before or r.estimated:
            return None
        used = r.total_wh - total
        if used < 0 or (used + _SLACK_WH) * share > (at - then) // _S_US * power:
            return None
        v, w, x, y, z = r.periods_wh
        expected = told + used
        told = v + w + x + y + z
        if v < a or w < b or x < c or y < d or z < e:
            return None
        if abs(told - expected) > _SLACK_WH:
            return None
        total, a, b = r.total_wh, v, w
        c, d, e = x, y, z
        found.append(
            pack(10, 8, meter_id, 8, at, 8, n, 8, total, 8, a, 8, b, 8, c, 8, d, 8, e, 1, 0)
        )
        if at >= midnight:
            days.add(at // DAY_US)
            midnight = (at // DAY_US + 1) * DAY_US
    return found, days


def _in_turn(readings: Sequence[Reading], meter: Meter) -> Sequence[Reading]:
    """Return the readings of a meter that has started again at zero, counted on.

    What shows more than its digits can is left out of that, and runs backwards.
    """
    last, digits = registers_in(meter), meter["digits"]
    most = span_wh(digits)
    if max(last) < most:
        return readings
    return [
        replace(r, total_wh=counted[0], periods_wh=counted[1:]) if max(r.registers) < most else r
        for r in readings
        for counted in (in_turn(r.registers, last, digits=digits),)
    ]


def _seen(brought: Sequence[Reading], last_n: int, seen: int) -> int:
    count = len(brought)
    if brought[-1].n - last_n == count:
        return counted(seen, count)
    return UplinkWindow(last_n, seen).taking_all([r.n for r in brought]).seen
