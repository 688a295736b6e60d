"""Tiers 阶梯: energy counted through a cycle, each block at its own price or adder."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ._energy import PRICE_DIGITS
from ._node import Node, invalid
from ._schedule import months_of

KWH_DIGITS = 3
"""Energy in documents is kWh with up to three decimals: whole Wh."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """How long tiers count before they start again: `months` long, from `first_month` on."""

    months: int
    first_month: int = 1

    def around(self, day: date) -> tuple[date, date]:
        """Return the first day of the cycle that holds `day`, and of the next one."""
        month = day.year * 12 + day.month - 1
        first = month - (month - (self.first_month - 1)) % self.months
        return _first_day(first), _first_day(first + self.months)


@dataclass(frozen=True, slots=True)
class Limits:
    """The upper bounds of all tiers but the last, in Wh for a whole cycle, and when they hold."""

    months: tuple[int, ...]
    wh: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tiers:
    """`prices` in 1e-8 per kWh, one more than there are limits."""

    line: str
    cycle: Cycle
    limits: tuple[Limits, ...]
    prices: tuple[int, ...]

    def limits_on(self, day: date) -> tuple[int, ...]:
        return next(limits.wh for limits in self.limits if day.month in limits.months)


def tiers_of(node: Node) -> Tiers:
    line = node.text("line", 40)
    cycle = _cycle_of(node.node("cycle"))
    limits = node.each("limits", _limits_of)
    _cover_once(node, limits)
    key = "adders" if node.has("adders") else "prices"
    prices = node.decimals(key, PRICE_DIGITS)
    if any(len(prices) != len(each.wh) + 1 for each in limits):
        node.refuse(key, "expected one more than there are limits")
    return Tiers(line, cycle, limits, prices)


def _cycle_of(node: Node) -> Cycle:
    first_month = node.whole("from_month", least=1, most=12, default=1)
    cycle = Cycle(node.whole("months", least=1, most=12), first_month)
    if 12 % cycle.months:
        node.refuse("months", "a year must hold whole cycles: 1, 2, 3, 4, 6 or 12")
    node.done()
    return cycle


def _limits_of(content: object, path: str) -> Limits:
    node = Node.at(content, path)
    limits = Limits(months_of(node), node.decimals("kwh", KWH_DIGITS))
    node.done()
    if any(lower >= upper for lower, upper in pairwise((0, *limits.wh))):
        invalid(f"{path}.kwh", "limits must rise")
    return limits


def _cover_once(node: Node, limits: tuple[Limits, ...]) -> None:
    months = [month for each in limits for month in each.months]
    for month in range(1, 13):
        if months.count(month) != 1:
            said = "no limits" if month not in months else "limits twice"
            node.refuse("limits", f"month {month} has {said}")


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
