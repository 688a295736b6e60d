"""A price per kWh: one for all energy, or one per period, printed or built of components."""

from dataclasses import dataclass

from ._node import Node, invalid, named
from ._rounding import Rounding
from ._schedule import PERIODS
from ._units import PRICE_DIGITS

RATIO_DIGITS = 6
_NEAREST = Rounding()

Prices = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a price; only parts that float follow the period's ratio."""

    name: str
    price: int
    floats: bool


@dataclass(frozen=True, slots=True)
class Energy:
    """`prices` in 1e-8 per kWh, by period in the order of PERIODS; None: not sold at all.

    `single` is the one price that all energy has, whatever its period.
    """

    single: int | None
    prices: Prices
    components: tuple[Component, ...] = ()


def energy_of(node: Node, rounding: Rounding) -> Energy:
    """Return the charge; `rounding` is that of prices which are built of components."""
    if node.has("price"):
        return Energy(node.decimal("price", PRICE_DIGITS), (None,) * len(PERIODS))
    printed = prices_of(node.node("prices"), rounding) if node.has("prices") else None
    if not node.has("components"):
        if printed is None:
            invalid(node.path, "expected 'price', 'prices' or 'components'")
        return Energy(None, printed)
    components = _components_of(node.node("components"))
    ratios = _by_period(node.node("ratios"), RATIO_DIGITS, _NEAREST)
    built = _built(components, ratios, rounding)
    if printed is not None:
        _compare(node, printed, built)
    return Energy(None, printed or built, components)


def prices_of(node: Node, rounding: Rounding) -> Prices:
    return _by_period(node, PRICE_DIGITS, rounding)


def _by_period(node: Node, digits: int, rounding: Rounding) -> Prices:
    """Return what is said for each period; one may be said as so many times another."""
    said = [each for each in PERIODS if node.has(each)]
    waiting = {each: node.node(each) for each in said if isinstance(node.content[each], dict)}
    found = {each: node.decimal(each, digits) for each in said if each not in waiting}
    # what one is so many times of may itself be so many times a third
    while ready := [each for each, inner in waiting.items() if inner.take("of") in tuple(found)]:
        for each in ready:
            inner = waiting.pop(each)
            times = inner.decimal("times", RATIO_DIGITS)
            found[each] = rounding.of(found[inner.take("of")] * times, 10**RATIO_DIGITS)
            inner.done()
    for inner in waiting.values():
        inner.refuse("of", "expected a period that has a value, or comes to one that has")
    node.done()
    if not found:
        invalid(node.path, "no period is named")
    return tuple(found.get(each) for each in PERIODS)


def _components_of(node: Node) -> tuple[Component, ...]:
    found = []
    for name in node.content:
        inner = node.node(named(name, 60, node.path))
        found.append(Component(name, inner.decimal("price", PRICE_DIGITS), inner.flag("floats")))
        inner.done()
    return tuple(found)


def _built(components: tuple[Component, ...], ratios: Prices, rounding: Rounding) -> Prices:
    floating = sum(each.price for each in components if each.floats)
    still = sum(each.price for each in components if not each.floats)
    unit = 10**RATIO_DIGITS
    return tuple(
        None if ratio is None else rounding.of(floating * ratio + still * unit, unit)
        for ratio in ratios
    )


def _compare(node: Node, printed: Prices, built: Prices) -> None:
    """Bills use the printed price; components and ratios must come to it within the tolerance."""
    tolerance = node.decimal("tolerance", PRICE_DIGITS, default="0")
    for period, price, sum_of_parts in zip(PERIODS, printed, built, strict=True):
        if (price is None) != (sum_of_parts is None):
            node.refuse("ratios", f"prices and ratios disagree about {period}")
        if price is not None and sum_of_parts is not None:
            off = abs(price - sum_of_parts)
            if off > tolerance:
                node.refuse(
                    f"prices.{period}",
                    f"components and ratio differ from it by {off}e-8, more than the tolerance",
                )
