"""The calendar of days that are not what their weekday says."""

from collections.abc import Mapping
from datetime import date

from domain.base import run


async def set_calendar(country: str, days: Mapping[date, bool]) -> None:
    """Store which days are worked (True) or off (False) against their weekday; repeats replace."""
    await run(
        """insert into calendar_day (country, day, working)
           select $1, d, w from unnest($2::date[], $3::boolean[]) as c (d, w)
           on conflict (country, day) do update set working = excluded.working""",
        country,
        list(days),
        list(days.values()),
    )
