"""Forecast the bill of the running period, and how long the money lasts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.base import Refusal, row, value
from domain.metering import PERIODS

from ._calendar import day_of, days_of, period_end
from ._gather import Gathering, OpenPart, gather
from ._meters_of import spans_of
from ._piece import Piece
from ._projection import LOOK_AHEAD_DAYS, LOOK_BACK_DAYS, METHOD, Course, Usual, days_left
from ._rated import Rating

_POSITION = (
    "select available_fen, closed_fen, closed_wh from account_position where account_id = $1"
)
_READ = "select min(measured_at) from meter_register where account_id = $1"


class NoForecast(Refusal):
    """Less than a day has been measured: there is nothing to go by."""

    code = "NO_FORECAST"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The bill that the running period is heading for, and the whole days that the money lasts.

    `method` names how: AVERAGE_OF_LAST_28_DAYS is the use to date, and for each day to come the
    average of the last `days_averaged` measured days by period of the day, rated through the
    tiers under the versions that are published. `days_left` is at most 366, None where no price
    is published so far ahead.
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
    position = await row(_POSITION, account_id)
    as_of = await value(_READ, account_id)
    if not found or position is None or as_of is None:
        raise NoForecast(account_id=account_id)
    part = found[0]
    today = day_of(as_of, part.standing.zone)
    course = await _course(part, today, seen)
    return Forecast(
        part.first_day,
        part.period_until,
        position["closed_fen"] + course.cost_fen(part.period_until, rating),
        position["closed_wh"] + course.energy_wh(part.period_until),
        days_left(course, position["available_fen"], rating),
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
        await _used(part, part.piece.first_day, today),
        part.cycle_wh,
        _pieces_ahead(part, today, seen),
        standing.holder_on(part.piece.first_day),
        Usual(await _used(part, since, today), days),
    )


async def _used(part: OpenPart, since: date, until: date) -> tuple[int, ...]:
    """Return what the account used between two days, by period of the day."""
    if since == until:
        return (0,) * len(PERIODS)
    standing = part.standing
    spans = await spans_of(standing.account_id, [since, until], standing.zone)
    used = [span.periods_wh for span in spans[since, until]]
    return tuple(sum(each) for each in zip(*used, strict=True))


def _pieces_ahead(part: OpenPart, today: date, seen: Gathering) -> tuple[Piece, ...]:
    """Return the pieces from the open part on, period by period, as far as anybody looks."""
    start, until = part.piece.first_day, part.period_until
    last = today + timedelta(days=LOOK_AHEAD_DAYS)
    found = list(seen.pieces(part.standing.agreed, start, until))
    while until < last:
        start, until = until, period_end(until, part.standing.reading_day)
        found += seen.pieces(part.standing.agreed, start, until)
    return tuple(found)
