"""Forecast the bill of the running period, and how long the money lasts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.accrual import Service
from domain.base import Refusal, value
from domain.metering import PERIODS
from domain.rating import Holder
from domain.tariff import Tariff

from ._calendar import day_of, days_of, period_end
from ._gather import Gathering, OpenPart, gather
from ._meters_of import spans_of
from ._part import within
from ._piece import Piece
from ._projection import (
    LOOK_AHEAD_DAYS,
    LOOK_BACK_DAYS,
    METHOD,
    Ahead,
    Course,
    Use,
    Usual,
    days_left,
)
from ._rated import Rating
from ._recompute import lines_of
from ._service_of import service_of

_AVAILABLE = "select available_fen from account_position where account_id = $1"
_READ = "select min(measured_at) from meter_register where account_id = $1"


class NoForecast(Refusal):
    """Less than a day has been measured: there is nothing to go by."""

    code = "NO_FORECAST"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The bill that the running period is heading for, and the whole days that the money lasts.

    `method` names how: AVERAGE_OF_LAST_28_DAYS is the use to date, and for each day to come the
    average of the last `days_averaged` measured days by period of the day, rated through the
    tiers under the versions that are published; capacity and demand as they stand, and no
    power factor. `days_left` is at most 366, None where no price is published so far ahead.
    """

    first_day: date
    until: date
    expected_fen: int
    expected_wh: int
    days_left: int | None
    method: str
    days_averaged: int
    as_of: datetime


async def forecast(account_id: int) -> Forecast:
    """Forecast the running period from the last reading on. Refusals: NoForecast, NotRatable."""
    seen, rating = Gathering(), Rating()
    found = await gather([account_id], seen=seen)
    available_fen = await value(_AVAILABLE, account_id)
    as_of = await value(_READ, account_id)
    if not found or available_fen is None or as_of is None:
        raise NoForecast(account_id=account_id)
    part = found[0]
    today = day_of(as_of, part.standing.zone)
    course = await _course(part, today, seen)
    ended_fen = sum(each.line.amount_fen for each in lines_of(part.closed, seen, rating))
    return Forecast(
        part.first_day,
        part.period_until,
        ended_fen + course.cost_fen(part.period_until, rating),
        sum(ended.energy_wh for ended in part.closed) + course.energy_wh(part.period_until),
        days_left(course, available_fen, rating),
        METHOD,
        course.usual.days,
        as_of,
    )


async def _course(part: OpenPart, today: date, seen: Gathering) -> Course:
    standing = part.standing
    since = max(today - timedelta(days=LOOK_BACK_DAYS), standing.opened_on)
    days = days_of(since, today)
    if days < 1:
        raise NoForecast(account_id=standing.account_id)
    return Course(
        today,
        part.cycle_wh,
        await _ahead(part, today, seen),
        Usual((await _used(part, [since, today]))[since], days),
    )


async def _used(part: OpenPart, days: Sequence[date]) -> dict[date, Use]:
    """Return what the account used from each of these days to the next, by period of the day."""
    standing = part.standing
    spans = await spans_of(standing.account_id, days, standing.zone)
    return {
        since: tuple(map(sum, zip(*(span.periods_wh for span in found), strict=True)))
        for (since, _), found in spans.items()
    }


async def _ahead(part: OpenPart, today: date, seen: Gathering) -> tuple[Ahead, ...]:
    """Return the pieces from the open part on, period by period, as far as anybody looks."""
    standing, last = part.standing, today + timedelta(days=LOOK_AHEAD_DAYS)
    period_from, start, until = part.first_day, part.piece.first_day, part.period_until
    found: list[tuple[Piece, Holder]] = []
    while start < last:
        for piece in seen.pieces(standing.agreed, start, until):
            day = piece.first_day
            found.append((piece, within(standing.holder_on(day), day, period_from)))
        period_from = start = until
        until = period_end(until, standing.reading_day)
    begun = [piece.first_day for piece, _ in found if piece.first_day < today]
    used = await _used(part, [*begun, today]) if begun else {}
    none = (0,) * len(PERIODS)
    services = await _services(part, [piece.tariff for piece, _ in found], today)
    return tuple(
        Ahead(piece, holder, used.get(piece.first_day, none), services[id(piece.tariff)])
        for piece, holder in found
    )


async def _services(
    part: OpenPart, tariffs: Sequence[Tariff | None], today: date
) -> dict[int, Service]:
    """Return what each tariff charges besides energy: as contracted, and measured in this part."""
    first_day, found = part.piece.first_day, {}
    until, account_id = max(today, first_day + timedelta(days=1)), part.standing.account_id
    for key, tariff in {id(each): each for each in tariffs}.items():
        service = await service_of(
            account_id, tariff, first_day=first_day, until=until, zone=part.standing.zone
        )
        # Reactive energy to date says nothing beside the active energy of days to come.
        found[key] = service if service == Service() else replace(service, reactive_varh=None)
    return found
