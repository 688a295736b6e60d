"""Readings that plainly go on from where the registers of their meter stood.

What usually comes is newer than all before, numbered on and climbing: it passes at a glance, and
is packed for the archive in the same breath. What leaves a doubt goes to `plain`, and then to
`sort`, which would have accepted all that passes here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from ._packed import DAY_US, EPOCH, micros, pack
from ._plausibility import CLOCK_AHEAD, QUANTUM_WH
from ._reading import PERIODS, Reading, registers_in
from ._rollover import in_turn, span_wh
from ._uplink_window import UplinkWindow, counted

Meter = Any
"""How a meter stands, as the driver has it: a mapping, and a tuple that begins with a Row."""

Meters = Mapping[int, Meter]

_SLACK_WH = QUANTUM_WH * len(PERIODS)
_S_US = 1_000_000
_PIECE = 1_000
_in_time = attrgetter("measured_at")


class Onward:
    """What of the readings that each meter has brought plainly goes on.

    Once its `pieces` are taken, `last` has the last reading of each such meter and its uplinks
    after it, and `doubtful` the meters of which nothing is here.
    """

    def __init__(
        self, brought: Mapping[int, Sequence[Reading]], meters: Meters, *, now: datetime
    ) -> None:
        self._brought, self._meters = brought, meters
        self._latest = now + CLOCK_AHEAD
        self.last: list[tuple[Reading, int]] = []
        self.doubtful: set[int] = set()

    def days(self) -> set[date]:
        """Return the days (UTC) that rows may have: of what is neither old nor of the future."""
        found: set[date] = set()
        for meter_id, readings in self._brought.items():
            since = self._meters[meter_id]["measured_at"]
            found |= {
                r.measured_at.astimezone(UTC).date()
                for r in readings
                if since < r.measured_at <= self._latest
            }
        return found

    def pieces(self) -> Iterator[list[bytes]]:
        """Judge meter by meter and give the packed rows, some meters at a time."""
        latest, piece = micros(self._latest), list[bytes]()
        for meter_id, shown in self._brought.items():
            meter, readings = self._meters[meter_id], shown
            found = _rows(readings, meter, latest)
            if found is None:
                readings = _in_turn(sorted(shown, key=_in_time), meter)
                found = _rows(readings, meter, latest)
            if found is None:
                self.doubtful.add(meter_id)
                continue
            piece += found
            self.last.append((readings[-1], _seen(readings, meter["last_n"], meter["seen"])))
            if len(piece) >= _PIECE:
                yield piece
                piece = []
        yield piece


# ruff: ignore[too-many-locals] -- names for the columns
def _rows(brought: Sequence[Reading], meter: Meter, latest: int) -> list[bytes] | None:
    """Return the packed rows of a meter, or None where a rule might be broken.

    All in one loop and without calls: here a file spends its time.
    """
    meter_id, since, n, total, a, b, c, d, e, estimated, *_ = meter
    if estimated or meter["removed_at"] or meter["ratios"]:
        return None
    at, told = micros(since), a + b + c + d + e
    power, share = meter["rated_w"] * 12, 36_000 * meter["ratio"]  # as most_wh has it
    found = []
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
    return found


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
