"""Percentage of a named set of lines: surcharge, duty, tax; the rate may depend on the use."""

from dataclasses import dataclass

from ._base import Base, base_of
from ._node import Node, invalid
from ._units import PERCENT_DIGITS, QUANTITY_DIGITS


@dataclass(frozen=True, slots=True)
class Rate:
    """`percent` (1e-6 percent) where the use is below `below` Wh (None: at any use)."""

    percent: int
    below: int | None = None
    per_day: bool = False


@dataclass(frozen=True, slots=True)
class Percentage:
    """The first rate whose bound the use is below counts.

    `included`: the base contains it already; it is shown and adds nothing.
    """

    rates: tuple[Rate, ...]
    base: Base
    included: bool = False


def percentage_of(node: Node) -> Percentage:
    if node.has("percent"):
        rates: tuple[Rate, ...] = (Rate(node.decimal("percent", PERCENT_DIGITS)),)
    else:
        rates = node.each("rates", _rate_of)
        if any(rate.below is None for rate in rates[:-1]) or rates[-1].below is not None:
            node.refuse("rates", "all rates but the last have a bound, and the last has none")
    return Percentage(rates, base_of(node), node.flag("included"))


def _rate_of(content: object, path: str) -> Rate:
    node = Node.at(content, path)
    keys = [key for key in ("below_kwh", "below_kwh_per_day") if node.has(key)]
    if len(keys) > 1:
        invalid(path, "one bound is enough")
    below = node.decimal(keys[0], QUANTITY_DIGITS) if keys else None
    percent = node.decimal("percent", PERCENT_DIGITS)
    rate = Rate(percent, below, per_day=keys == ["below_kwh_per_day"])
    node.done()
    return rate
