"""What a household draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PeriodOf = Callable[[datetime], int]
"""Tells in which register an hour counts: 0 sharp, 1 peak, 2 flat, 3 valley, 4 deep valley."""

Periods = tuple[int, int, int, int, int]

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Load:
    """Hourly Wh from the full hour `starts_at` on, round and round."""

    hourly_wh: Sequence[int]
    starts_at: datetime
    period_of: PeriodOf

    def between(self, since: datetime, until: datetime) -> Periods:
        """Return the Wh for each period; adjoining stretches add up to the whole exactly."""
        counted = [0, 0, 0, 0, 0]
        first, last = self._second(since), self._second(until)
        for hour in range(first // _HOUR_S, -(-last // _HOUR_S)):
            drawn = self.hourly_wh[hour % len(self.hourly_wh)]
            begins = hour * _HOUR_S
            entered = max(first - begins, 0)
            left = min(last - begins, _HOUR_S)
            period = self.period_of(self.starts_at + timedelta(hours=hour))
            counted[period] += drawn * left // _HOUR_S - drawn * entered // _HOUR_S
        sharp, peak, flat, valley, deep_valley = counted
        return sharp, peak, flat, valley, deep_valley

    def _second(self, moment: datetime) -> int:
        return (moment - self.starts_at) // timedelta(seconds=1)
