"""A price per kWh: one for all energy, or one per period."""

from dataclasses import dataclass

from ._node import Node
from ._schedule import PERIODS

PRICE_DIGITS = 8
"""Unit prices are whole numbers of 1e-8 currency units."""


@dataclass(frozen=True, slots=True)
class Energy:
    """`prices` in 1e-8 per kWh, by period in the order of PERIODS; None: not sold at all.

    `single` is the one price that all energy has, whatever its period.
    """

    line: str
    single: int | None
    prices: tuple[int | None, ...]


def energy_of(node: Node) -> Energy:
    line = node.text("line", 40)
    if node.has("price"):
        return Energy(line, node.decimal("price", PRICE_DIGITS), (None,) * len(PERIODS))
    inner = node.node("prices")
    prices = tuple(
        inner.decimal(period, PRICE_DIGITS) if inner.has(period) else None for period in PERIODS
    )
    inner.done()
    if not any(price is not None for price in prices):
        node.refuse("prices", "no period has a price")
    return Energy(line, None, prices)
