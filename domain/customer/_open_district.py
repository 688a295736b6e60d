"""A new supply district."""

from functools import cache
from zoneinfo import available_timezones

from domain.base import Refusal

from .models import District

_timezones = cache(available_timezones)  # it walks through some 600 files


class TimezoneUnknown(Refusal):
    """A district's time zone has a name of the IANA database, such as Asia/Shanghai."""

    code = "TIMEZONE_UNKNOWN"


async def open_district(code: str, *, name: str, timezone: str = "Asia/Shanghai") -> int:
    """Open a district, or return the one that has this code already. Refusals: TimezoneUnknown."""
    if timezone not in _timezones():
        raise TimezoneUnknown(timezone=timezone)
    district, _ = await District.get_or_create(
        code=code, defaults={"name": name, "timezone": timezone}
    )
    return district.id
