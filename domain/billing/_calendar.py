"""When billing periods begin and end: on a reading day of every month, in the district's zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

LAST_READING_DAY = 28
"""Every month has it."""


def period_end(day: date, reading_day: int) -> date:
    """Return the first day after `day` on which a period begins; reading day 1: calendar months."""
    return _month_later(day, 1 if day.day >= reading_day else 0, reading_day)


def period_start(day: date, reading_day: int) -> date:
    """Return the last day up to `day` on which a period begins."""
    return _month_later(day, 0 if day.day >= reading_day else -1, reading_day)


def periods_before(day: date, reading_day: int, count: int) -> tuple[tuple[date, date], ...]:
    """Return the last `count` whole periods that ended by `day`, oldest first."""
    end = period_start(day, reading_day)
    starts = [_month_later(end, -k, reading_day) for k in range(count, -1, -1)]
    return tuple(pairwise(starts))


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the day that the instant belongs to."""
    return at.astimezone(zone).date()


def days_of(first_day: date, until: date) -> int:
    return (until - first_day) // timedelta(days=1)


def _month_later(day: date, months: int, reading_day: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, reading_day)
