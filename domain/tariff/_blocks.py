"""Blocks: where tiers end, in each season, for whom, and for how long a cycle."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ._cycle import Cycle, cycle_of
from ._node import Node, invalid
from ._schedule import MONTHS, months_of
from ._units import QUANTITY_DIGITS


@dataclass(frozen=True, slots=True)
class Limits:
    """The upper bounds of all tiers but the last, in Wh, and the days on which they hold.

    They are for a whole cycle, or, `per_month`, for each month that a cycle has.
    """

    wh: tuple[int, ...]
    per_month: bool = False
    months: tuple[int, ...] = MONTHS
    valid_from: date | None = None
    valid_to: date | None = None

    def hold_on(self, day: date) -> bool:
        return (
            day.month in self.months
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Bonus:
    """Wh that a household's size adds to each limit, for each month in which it is entitled.

    `each_further`: once for every person from the `from_count`th on, not once for all.
    """

    holder: str
    from_count: int
    wh_per_month: tuple[int, ...]
    each_further: bool


@dataclass(frozen=True, slots=True)
class Blocks:
    """`by_service`: a cycle's limits shrink to the months in which the account was served.

    `days_per_month` > 0: limits are scaled by the days of the period over that number.
    """

    cycle: Cycle
    limits: tuple[Limits, ...]
    bonuses: tuple[Bonus, ...]
    by_service: bool
    days_per_month: int

    @property
    def count(self) -> int:
        return len(self.limits[0].wh) + 1

    def limits_on(self, day: date) -> Limits:
        return next(each for each in self.limits if each.hold_on(day))


def blocks_of(node: Node) -> Blocks:
    blocks = Blocks(
        cycle=cycle_of(node.node("cycle")),
        limits=node.each("limits", _limits_of),
        bonuses=node.each("bonuses", _bonus_of, optional=True),
        by_service=node.flag("by_service"),
        days_per_month=node.whole("days_per_month", least=0, most=31, default=0),
    )
    for i, limits in enumerate(blocks.limits):
        if len(limits.wh) + 1 != blocks.count:
            invalid(f"{node.path}.limits[{i}].kwh", "every season has as many limits")
    for i, bonus in enumerate(blocks.bonuses):
        if len(bonus.wh_per_month) + 1 != blocks.count:
            invalid(f"{node.path}.bonuses[{i}].kwh_per_month", "expected one for every limit")
    _cover_once(node, blocks.limits)
    return blocks


def _limits_of(content: object, path: str) -> Limits:
    node = Node.at(content, path)
    limits = Limits(
        node.decimals("kwh", QUANTITY_DIGITS),
        node.choice("per", ("cycle", "month"), default="cycle") == "month",
        months_of(node),
        node.day("from", optional=True),
        node.day("until", optional=True),
    )
    node.done()
    if any(lower >= upper for lower, upper in pairwise((0, *limits.wh))):
        invalid(f"{path}.kwh", "limits must rise")
    return limits


def _bonus_of(content: object, path: str) -> Bonus:
    node = Node.at(content, path)
    bonus = Bonus(
        node.text("for", 40),
        node.whole("from_count", least=1, most=100, default=1),
        node.decimals("kwh_per_month", QUANTITY_DIGITS),
        node.flag("each_further"),
    )
    node.done()
    return bonus


def _cover_once(node: Node, limits: tuple[Limits, ...]) -> None:
    """Look at the first of every month, and at every day on which limits begin or end."""
    edges = {day for each in limits for day in (each.valid_from, each.valid_to) if day}
    years = {2000, *(day.year + step for day in edges for step in (-1, 0, 1))}
    for day in sorted({date(year, month, 1) for year in years for month in MONTHS} | edges):
        count = sum(each.hold_on(day) for each in limits)
        if count != 1:
            node.refuse("limits", f"{day} has {'no limits' if count == 0 else 'limits twice'}")
