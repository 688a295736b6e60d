"""Forecast the bill of the running period, and how long the money lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.accrual import Service, asks_for_service
from domain.base import Refusal, value
from domain.metering import PERIODS
from domain.rating import Holder, contracted_on
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
_READ = """
select min(r.measured_at) from meter_register r join meter m on m.id = r.meter_id
where r.account_id = $1 and m.removed_at is null
"""


class NoForecast(Refusal):
    """Less than a day has been measured: there is nothing to go by."""

    code = "NO_FORECAST"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The bill that the running period is heading for, and the whole days that the money lasts.

    `method` names how: AVERAGE_OF_LAST_28_DAYS is the use to date, and for each day to come the
    average of the last `days_averaged` measured days by period of the day, rated through the
    tiers under the versions that are published. Capacity is what is contracted for those days,
    demand what was measured so far. Reactive energy goes on at its average of the same days, so
    that the power factor stays what it is; where none was read there is no adjustment.
    `days_left` is at most 366, None where no price is published so far ahead.
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
    ahead = await _ahead(part, today, seen)
    asking = next((each.piece.tariff for each in ahead if _asks(each.piece.tariff)), None)
    service = await _measured(part, asking, since, today)
    used_wh = (await _used(part, [since, today]))[since]
    return Course(today, part.cycle_wh, ahead, Usual(used_wh, days, service.reactive_varh))


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
        for piece in seen.pieces(standing.footing, start, until):
            day = piece.first_day
            found.append((piece, within(standing.holder_on(day), day, period_from)))
        period_from = start = until
        until = period_end(until, standing.reading_day)
    begun = [piece.first_day for piece, _ in found if piece.first_day < today]
    used = await _used(part, [*begun, today]) if begun else {}
    none = (0,) * len(PERIODS)
    services = await _services(part, [piece for piece, _ in found], today)
    return tuple(
        Ahead(piece, holder, used.get(piece.first_day, none), service)
        for (piece, holder), service in zip(found, services, strict=True)
    )


async def _services(part: OpenPart, pieces: Sequence[Piece], today: date) -> list[Service]:
    """Return what each piece is charged for besides energy: as contracted, and measured so far.

    Demand that is not measured yet is that of the open part; reactive energy is none so far.
    """
    measured: dict[tuple[int, date], Service] = {}
    found: list[Service] = []
    for piece in pieces:
        if not _asks(piece.tariff):
            found.append(Service())
            continue
        has_begun = piece.first_day < today
        since = piece.first_day if has_begun else part.piece.first_day
        key = (id(piece.tariff), since)
        if key not in measured:
            measured[key] = await _measured(part, piece.tariff, since, today)
        contracted = contracted_on(piece.first_day, part.standing.footing.contracted)
        found.append(
            Service(
                contracted.capacity_va,
                contracted.declared_w,
                measured[key].demand_w,
                measured[key].reactive_varh if has_begun else (0, 0),
            )
        )
    return found


def _asks(tariff: Tariff | None) -> bool:
    return tariff is not None and asks_for_service(tariff)


async def _measured(part: OpenPart, tariff: Tariff | None, since: date, today: date) -> Service:
    account_id, zone = part.standing.account_id, part.standing.zone
    until = max(today, since + timedelta(days=1))
    return await service_of(account_id, tariff, first_day=since, until=until, zone=zone)
