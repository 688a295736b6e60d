"""Projection: what a period will come to, and how long money lasts, if use goes on as of late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import takewhile
from operator import add

from domain.accrual import Service
from domain.rating import Holder

from ._calendar import days_of
from ._part import Part, Span
from ._piece import Piece
from ._rated import NotRatable, Rating, chained

LOOK_BACK_DAYS = 28
"""Four whole weeks: every weekday counts as often."""

LOOK_AHEAD_DAYS = 366
"""Nobody is told about more days than these."""

METHOD = "AVERAGE_OF_LAST_28_DAYS"

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Use = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Usual:
    """What was used in the days looked back at, by period of the day.

    `reactive_varh`: reactive energy of both directions, where a tariff asks; None: nobody knows.
    """

    used_wh: Use
    days: int
    reactive_varh: tuple[int, int] | None = (0, 0)

    def over(self, days: int) -> Use:
        """Return what the next days will use, if they are like these."""
        return tuple(wh * days // self.days for wh in self.used_wh)

    def reactive_after(self, known: tuple[int, int] | None, days: int) -> tuple[int, int] | None:
        """Return the reactive energy that is known, and that of the next days besides."""
        if known is None or self.reactive_varh is None:
            return None
        imported, exported = (varh * days // self.days for varh in self.reactive_varh)
        return known[0] + imported, known[1] + exported


@dataclass(frozen=True, slots=True)
class Ahead:
    """A piece, the holder it is rated for, and what was used in it up to today.

    `service` is what its tariff charges besides energy: as contracted, measured up to today.
    """

    piece: Piece
    holder: Holder
    used_wh: Use
    service: Service

    @property
    def first_day(self) -> date:
        return self.piece.first_day

    def after(self, usual: Usual, days: int) -> "Ahead":
        """Return it as it will stand after so many days more."""
        used_wh = tuple(map(add, self.used_wh, usual.over(days)))
        reactive_varh = usual.reactive_after(self.service.reactive_varh, days)
        return replace(
            self, used_wh=used_wh, service=replace(self.service, reactive_varh=reactive_varh)
        )


@dataclass(frozen=True, slots=True)
class Course:
    """Where an account stands: `ahead` begins with the open part, and ends with periods too."""

    today: date
    before_wh: int
    ahead: Sequence[Ahead]
    usual: Usual

    def spent_fen(self, rating: Rating) -> int:
        """Return what the open part and what followed it have come to. Refusals: NotRatable."""
        until = max(self.today, _day(self.ahead[0].first_day, 1))
        return self._cost_fen(self._up_to(until), until, rating)

    def cost_fen(self, until: date, rating: Rating) -> int:
        """Return what the open part and all after it cost up to a day. Refusals: NotRatable."""
        return self._cost_fen(self._expected(until), until, rating)

    def energy_wh(self, until: date) -> int:
        return sum(sum(each.used_wh) for each in self._expected(until))

    def _up_to(self, until: date) -> list[Ahead]:
        return list(takewhile(lambda each: each.first_day < until, self.ahead))

    def _expected(self, until: date) -> list[Ahead]:
        """Return the pieces as they will stand on a day, if use goes on."""
        found = []
        for each in self._up_to(until):
            start, end = max(self.today, each.first_day), min(each.piece.until, until)
            found.append(each.after(self.usual, max(0, days_of(start, end))))
        return found

    def _cost_fen(self, ahead: Sequence[Ahead], until: date, rating: Rating) -> int:
        parts = [_part(each, min(each.piece.until, until)) for each in ahead]
        tariffs = [each.piece.tariff for each in ahead]
        return chained(parts, tariffs, before_wh=self.before_wh, rating=rating).total_fen


def _part(ahead: Ahead, until: date) -> Part:
    sharp, peak, flat, valley, deep = ahead.used_wh
    end = (sum(ahead.used_wh), sharp, peak, flat, valley, deep)
    span = Span(0, 1, _NEVER, _NEVER, (0, 0, 0, 0, 0, 0), end, end_estimated=True)
    return Part(ahead.first_day, until, "", "", 0, ahead.holder, (span,), ahead.service)


def days_left(course: Course, available_fen: int, rating: Rating) -> int | None:
    """Return for how many whole days the money lasts; None where the prices to come are unknown.

    Charges grow with time, so the last day is found by halving.
    """
    if available_fen <= 0:
        return 0
    try:
        return _last_day(course, available_fen + course.spent_fen(rating), rating)
    except NotRatable:
        return None


def _last_day(course: Course, money_fen: int, rating: Rating) -> int:
    low, high = 0, LOOK_AHEAD_DAYS
    while low < high:
        middle = (low + high + 1) // 2
        if course.cost_fen(_day(course.today, middle), rating) <= money_fen:
            low = middle
        else:
            high = middle - 1
    return low


def _day(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)
