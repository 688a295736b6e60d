"""Projection: what a period will come to, and how long money lasts, if use goes on as of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import takewhile

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
    """What was used in the days looked back at, by period of the day."""

    used_wh: Use
    days: int

    def over(self, days: int) -> Use:
        """Return what the next days will use, if they are like these."""
        return tuple(wh * days // self.days for wh in self.used_wh)


@dataclass(frozen=True, slots=True)
class Course:
    """Where an account stands: the open part's use so far, and the pieces that follow.

    `pieces` begin with the open part and are cut at the ends of billing periods too.
    """

    today: date
    used_wh: Use
    before_wh: int
    pieces: Sequence[Piece]
    holder: Holder
    usual: Usual

    def spent_fen(self, rating: Rating) -> int:
        """Return what the open part has come to. Refusals: NotRatable."""
        first = self.pieces[0]
        until = max(self.today, _day(first.first_day, 1))
        part = self._part(first, until, self.used_wh)
        return chained([part], [first.tariff], before_wh=self.before_wh, rating=rating).total_fen

    def cost_fen(self, until: date, rating: Rating) -> int:
        """Return what the open part and all after it cost up to a day. Refusals: NotRatable."""
        pieces = list(takewhile(lambda piece: piece.first_day < until, self.pieces))
        parts = [self._expected(piece, min(piece.until, until)) for piece in pieces]
        tariffs = [piece.tariff for piece in pieces]
        return chained(parts, tariffs, before_wh=self.before_wh, rating=rating).total_fen

    def energy_wh(self, until: date) -> int:
        pieces = takewhile(lambda piece: piece.first_day < until, self.pieces)
        return sum(self._expected(piece, min(piece.until, until)).energy_wh for piece in pieces)

    def _expected(self, piece: Piece, until: date) -> Part:
        ahead = self.usual.over(max(0, days_of(max(self.today, piece.first_day), until)))
        used = self.used_wh if piece is self.pieces[0] else (0,) * len(ahead)
        return self._part(piece, until, tuple(a + b for a, b in zip(used, ahead, strict=True)))

    def _part(self, piece: Piece, until: date, wh: Use) -> Part:
        sharp, peak, flat, valley, deep = wh
        end = (sum(wh), sharp, peak, flat, valley, deep)
        span = Span(0, 1, _NEVER, _NEVER, (0, 0, 0, 0, 0, 0), end, estimated=True)
        return Part(piece.first_day, until, "", "", 0, self.holder, (span,))


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
