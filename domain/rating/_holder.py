"""Holder: what a tariff may want to know about an account, besides its use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

_THIRTY = 30


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Something that the account holds for a time: a household of `count`, a free quota, an option.

    `name` is what tariff documents call it.
    """

    name: str
    since: date
    until: date | None = None
    count: int = 1

    def overlaps(self, first_day: date, until: date) -> bool:
        return self.since < until and (self.until is None or first_day < self.until)


@dataclass(frozen=True, slots=True)
class Holder:
    """`served_from` and `served_until` (not included) bound the days of service; None: always.

    `period_from`: the billing period began on this day, and its days before those that are rated
    are charged already; None: it begins with them. So a month that is cut in two costs one month.
    """

    served_from: date | None = None
    served_until: date | None = None
    entitlements: tuple[Entitlement, ...] = ()
    period_from: date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A period, until not included, and who is charged for it."""

    first_day: date
    until: date
    holder: Holder

    def holds(self, name: str) -> bool:
        """Tell whether the account holds the entitlement when the period begins."""
        day = self.first_day + timedelta(days=1)
        return self.count_of(name, self.first_day, day, day) > 0

    def count_of(self, name: str, first_day: date, until: date, known: date) -> int:
        """Return the highest count held in these days, of what had begun before `known`."""
        counts = (
            each.count
            for each in self.holder.entitlements
            if each.name == name and each.since < known and each.overlaps(first_day, until)
        )
        return max(counts, default=0)

    def served_days(self, first_day: date, until: date) -> int:
        start = max(first_day, self.holder.served_from or first_day)
        end = min(until, self.holder.served_until or until)
        return max(0, (end - start).days)

    @property
    def days(self) -> int:
        return self.served_days(self.first_day, self.until)

    @property
    def goes_on(self) -> bool:
        """Tell whether earlier days of the billing period are charged already."""
        return self.period_from < self.first_day

    @property
    def period_from(self) -> date:
        return min(self.holder.period_from or self.first_day, self.first_day)

    def months(self) -> Iterator[tuple[date, date]]:
        """Return the months of the billing period so far, from its own first day on; the last may
        be broken.
        """
        return self._months_until(self.until)

    def share(self, proration: str) -> Fraction:
        """Return how many months the days cost under the rule of proration, after earlier days of
        the billing period have paid their part.
        """
        return self._share_until(self.until, proration) - self._share_until(
            self.first_day, proration
        )

    def _share_until(self, day: date, proration: str) -> Fraction:
        total = Fraction()
        for start, end in self._months_until(day):
            served = self.served_days(start, min(end, day))
            whole = (end - start).days
            match proration:
                case "whole":
                    total += served > 0
                case "days":
                    total += Fraction(served, whole)
                case _:
                    total += 1 if served == whole else Fraction(served, _THIRTY)
        return total

    def _months_until(self, day: date) -> Iterator[tuple[date, date]]:
        start, step = self.period_from, 0
        while start < day:
            step += 1
            end = month_later(self.period_from, step)
            yield start, end
            start = end


def month_later(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day."""
    month = day.year * 12 + day.month - 1 + months
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(month // 12, month % 12 + 1, min(day.day, last))
