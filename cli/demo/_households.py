"""Real households: a year of hourly load of ten homes (CityLearn, MIT; see data/NOTICE.txt)."""

import gzip
from datetime import datetime, timedelta, timezone
from importlib.resources import files

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time
_RECORDED_FROM = datetime(2016, 7, 31, 23, tzinfo=ZONE)
_HOUR = timedelta(hours=1)
_PEAK_HOURS = range(8, 22)
PEAK, VALLEY = 1, 3


def households() -> list[list[int]]:
    """Return the hourly Wh of each home, from the first recorded hour on."""
    packed = (files(__package__) / "data" / "citylearn_load_wh.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return [[int(wh) for wh in line.partition(":")[2].split(",")] for line in lines]


def from_season(hourly_wh: list[int], start: datetime, *, weeks_later: int = 0) -> list[int]:
    """Return the year beginning at the same hour of the same season as `start`.

    `weeks_later` shifts it by whole weeks, so that one home may stand for another one.
    """
    recorded = start.replace(year=_RECORDED_FROM.year + (start.month < _RECORDED_FROM.month))
    hours = (recorded - _RECORDED_FROM) // _HOUR + weeks_later * 7 * 24
    hours %= len(hourly_wh)
    return hourly_wh[hours:] + hourly_wh[:hours]


def period_of(hour: datetime) -> int:
    """Tell in which register an hour counts: the meter is programmed with the tariff's hours."""
    return PEAK if hour.astimezone(ZONE).hour in _PEAK_HOURS else VALLEY
