"""Budgets: what a principal may spend per minute, refilled evenly.

All that is kept of a principal is the moment at which its budget is whole again. A process spends
at once, from what it knows; what it has spent is `unshared` until `learn` brings it together with
what the others have spent. Nobody waits for that: a burst over several processes within one beat
may overdraw, and the debt is paid back by waiting longer.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

_PERIOD = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_PRINCIPALS_MAX = 100_000


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
    """So many points per minute for each principal; no debt lasts longer than `debt_max`."""

    debt_max = 2 * _PERIOD

    def __init__(self, points: int) -> None:
        self._points = points
        self._whole_at: OrderedDict[str, datetime] = OrderedDict()
        self._unshared: dict[str, timedelta] = {}

    def spend(self, who: str, cost: int, *, at: datetime) -> Spent:
        """Spend the points if they are there; a refusal costs nothing."""
        held = max(self._whole_at.get(who, at), at)
        span = _PERIOD * cost / self._points
        wanted = held + span
        allowed = wanted <= at + _PERIOD
        whole_at = wanted if allowed else held
        if allowed and len(self._unshared) < _PRINCIPALS_MAX:
            self._unshared[who] = self._unshared.get(who, timedelta()) + span
        self._whole_at[who] = whole_at
        self._whole_at.move_to_end(who)
        self._forget(at)
        return Spent(
            allowed=allowed,
            cost=cost,
            limit=self._points,
            remaining=max(self._points - -(-(whole_at - at) * self._points // _PERIOD), 0),
            reset_at=whole_at,
            retry_after_s=0 if allowed else _seconds(wanted - at - _PERIOD),
            reset_s=_seconds(whole_at - at),
        )

    def take_unshared(self) -> dict[str, timedelta]:
        """Return what each principal has spent here since this was asked last, as time to refill.

        What cannot be shared is given back by `keep_unshared`.
        """
        taken, self._unshared = self._unshared, {}
        return taken

    def spending(self, most: int, *, at: datetime) -> list[str]:
        """Return who has spent here lately and is not whole again, the latest first."""
        late = islice(reversed(self._whole_at.items()), most)
        return [who for who, whole_at in late if whole_at > at]

    def keep_unshared(self, taken: Mapping[str, timedelta], *, at: datetime) -> None:
        """Take back what could not be shared, as far as it is not refilled by now."""
        for who, span in taken.items():
            owed = self._whole_at.get(who, at) - at
            if left := min(self._unshared.get(who, timedelta()) + span, max(owed, timedelta())):
                self._unshared[who] = left
            else:
                self._unshared.pop(who, None)

    def learn(self, who: str, whole_in: timedelta, *, at: datetime) -> None:
        """Take over when the budget is whole, over all processes; what is unshared comes on top."""
        told = at + whole_in + self._unshared.get(who, timedelta())
        self._whole_at[who] = max(self._whole_at.get(who, at), told)

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
