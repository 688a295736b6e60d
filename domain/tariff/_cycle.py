"""Cycle: how long tiers count before they start again."""

from dataclasses import dataclass
from datetime import date

from ._node import Node


@dataclass(frozen=True, slots=True)
class Cycle:
    """`months` long, the first one of a year beginning in `first_month`.

    0 months: every billing period is a cycle of its own.
    """

    months: int
    first_month: int = 1

    def around(self, day: date) -> tuple[date, date] | None:
        """Return the first day of the cycle that holds `day`, and of the next one.

        None where the billing period is the cycle.
        """
        if self.months == 0:
            return None
        month = day.year * 12 + day.month - 1
        first = month - (month - (self.first_month - 1)) % self.months
        return first_of_month(first), first_of_month(first + self.months)


def cycle_of(node: Node) -> Cycle:
    if node.has("period"):
        if not node.flag("period"):
            node.refuse("period", "expected true")
        node.done()
        return Cycle(0)
    first_month = node.whole("from_month", least=1, most=12, default=1)
    cycle = Cycle(node.whole("months", least=1, most=12), first_month)
    if 12 % cycle.months:
        node.refuse("months", "a year must hold whole cycles: 1, 2, 3, 4, 6 or 12")
    node.done()
    return cycle


def first_of_month(month: int) -> date:
    """Return the first day of a month counted from year 0."""
    return date(month // 12, month % 12 + 1, 1)
