"""A load curve becomes energy by period, where the meter itself does not keep periods apart."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.tariff import PERIODS, Schedule

from ._consumption import Periods

Used = tuple[datetime, datetime, int]
"""From, until and the Wh that were used in between."""

_MICROSECOND = timedelta(microseconds=1)


def _workday(_: date) -> str:
    return "workday"


def periods_used(
    schedule: Schedule,
    curve: Iterable[Used],
    *,
    zone: ZoneInfo,
    day_kind: Callable[[date], str] = _workday,
) -> Periods:
    """Return the energy of a curve by period, in the order of PERIODS; no Wh is lost.

    What spans several half hours is shared by time. Periods go by the clock of `zone`, also on
    days of 23 and 25 hours. `day_kind` tells workday, weekend, holiday or hot of a day: the
    calendar is the caller's.
    """
    found = dict.fromkeys(PERIODS, 0)
    for since, until, wh in curve:
        at, told = since.astimezone(UTC), 0
        while at < until:
            here = at.astimezone(zone)
            end = min(until, at + _left_of_half_hour(here))
            reached = wh * ((end - since) // _MICROSECOND) // ((until - since) // _MICROSECOND)
            found[schedule.period_at(here, day_kind(here.date()))] += reached - told
            at, told = end.astimezone(UTC), reached
    sharp, peak, flat, valley, deep = found.values()
    return (sharp, peak, flat, valley, deep)


def _left_of_half_hour(at: datetime) -> timedelta:
    return timedelta(minutes=30 - at.minute % 30, seconds=-at.second, microseconds=-at.microsecond)
