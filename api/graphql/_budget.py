"""Budgets: what a principal may spend per minute, refilled evenly, counted in each process.

All that is kept of a principal is the moment at which its budget is whole again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

_PERIOD = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_PRINCIPALS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Price:
    """What an operation costs, and from which budget it is paid."""

    cost: int
    signs_in: bool


@dataclass(frozen=True, slots=True)
class Spent:
    """What an operation cost, and what is left."""

    allowed: bool
    cost: int
    limit: int
    remaining: int
    reset_at: datetime
    retry_after_s: int
    reset_s: int


class Budget:
    """So many points per minute for each principal."""

    def __init__(self, points: int) -> None:
        self._points = points
        self._whole_at: OrderedDict[str, datetime] = OrderedDict()

    def spend(self, who: str, cost: int, *, at: datetime) -> Spent:
        """Spend the points if they are there; a refusal costs nothing."""
        held = max(self._whole_at.get(who, at), at)
        wanted = held + _PERIOD * cost / self._points
        allowed = wanted <= at + _PERIOD
        whole_at = wanted if allowed else held
        self._whole_at[who] = whole_at
        self._whole_at.move_to_end(who)
        self._forget(at)
        return Spent(
            allowed=allowed,
            cost=cost,
            limit=self._points,
            remaining=self._points - -(-(whole_at - at) * self._points // _PERIOD),
            reset_at=whole_at,
            retry_after_s=0 if allowed else _seconds(wanted - at - _PERIOD),
            reset_s=_seconds(whole_at - at),
        )

    def _forget(self, at: datetime) -> None:
        """Whose budget is whole again need not be remembered; two at a time keep up with growth."""
        for _ in range(2):
            who, whole_at = next(iter(self._whole_at.items()))
            if len(self._whole_at) > 1 and (
                whole_at <= at or len(self._whole_at) > _PRINCIPALS_MAX
            ):
                del self._whole_at[who]


def _seconds(span: timedelta) -> int:
    return -(-span // _SECOND)
