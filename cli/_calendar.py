"""Public holidays, from the library that follows the State Council's announcements."""

from datetime import date

from chinese_calendar.constants import holidays, workdays


def chinese_days(year: int) -> dict[date, bool]:
    """Return the year's days that are off or worked against their weekday; empty if unknown yet."""
    off = {day: False for day in holidays if day.year == year}
    worked = {day: True for day in workdays if day.year == year}
    return off | worked
