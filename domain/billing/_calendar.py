"""When billing periods begin and end: on a reading day of every month, in the district's zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def period_end(day: date, reading_day: int) -> date:
    """Return the first day after `day` on which a period begins; reading day 1: calendar months."""
    month = day.year * 12 + day.month - (0 if day.day >= reading_day else 1)
    return date(month // 12, month % 12 + 1, reading_day)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the day that the instant belongs to."""
    return at.astimezone(zone).date()


def days_of(first_day: date, until: date) -> int:
    return (until - first_day) // timedelta(days=1)
