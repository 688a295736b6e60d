"""Brackets: the total use picks one bracket, and that bracket prices all of it."""

from dataclasses import dataclass
from itertools import pairwise

from ._node import Node, invalid
from ._units import PRICE_DIGITS, QUANTITY_DIGITS


@dataclass(frozen=True, slots=True)
class Bracket:
    """For totals up to `up_to` Wh, itself included (None: any). Inside it energy may be blocked.

    `limits` and `prices` are like those of tiers; `fixed` (1e-8) is owed once.
    """

    up_to: int | None
    limits: tuple[int, ...]
    prices: tuple[int, ...]
    fixed: int


@dataclass(frozen=True, slots=True)
class Brackets:
    """Rising by their bound; only the last one may have none.

    `days_per_month` > 0: all bounds are scaled by the days of the period over that number.
    """

    brackets: tuple[Bracket, ...]
    days_per_month: int = 0


def brackets_of(node: Node) -> Brackets:
    brackets = node.each("brackets", _bracket_of)
    for i, (lower, upper) in enumerate(pairwise(brackets)):
        if lower.up_to is None or (upper.up_to is not None and upper.up_to <= lower.up_to):
            invalid(f"{node.path}.brackets[{i + 1}].up_to_kwh", "brackets must rise")
    return Brackets(brackets, node.whole("days_per_month", most=31, default=0))


def _bracket_of(content: object, path: str) -> Bracket:
    node = Node.at(content, path)
    prices = node.decimals("prices", PRICE_DIGITS)
    limits = node.decimals("limits_kwh", QUANTITY_DIGITS) if node.has("limits_kwh") else ()
    bracket = Bracket(
        node.decimal("up_to_kwh", QUANTITY_DIGITS) if node.has("up_to_kwh") else None,
        limits,
        prices,
        node.decimal("fixed", PRICE_DIGITS, default="0"),
    )
    node.done()
    if len(prices) != len(limits) + 1:
        invalid(f"{path}.prices", "expected one more than there are limits")
    if any(lower >= upper for lower, upper in pairwise((0, *limits))):
        invalid(f"{path}.limits_kwh", "limits must rise")
    return bracket
