"""Demand 需量: per kW and month, as measured, or as declared with a price on what exceeds it."""

from dataclasses import dataclass

from ._node import Node
from ._standing import proration_of
from ._units import PERCENT_DIGITS, PRICE_DIGITS

MODES = ("measured", "declared")
WINDOWS = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Demand:
    """`price` in 1e-8 per kW and month.

    Declared: up to `free_percent` of the declared kW the declared kW is billed; what exceeds that
    line is billed `excess_times` on top. `floor_percent` of the capacity is billed at least.
    Percentages are in 1e-6 percent. Demand is the highest average of `window_minutes`.
    """

    price: int
    proration: str
    declared: bool
    free_percent: int
    excess_times: int
    floor_percent: int
    window_minutes: int


def demand_of(node: Node) -> Demand:
    declared = node.choice("mode", MODES) == "declared"
    hundred = 100 * 10**PERCENT_DIGITS
    window = node.whole("window_minutes", default=WINDOWS[0])
    if window not in WINDOWS:
        node.refuse("window_minutes", f"expected one of {', '.join(map(str, WINDOWS))}")
    return Demand(
        node.decimal("price", PRICE_DIGITS),
        proration_of(node),
        declared,
        node.decimal("free_percent", PERCENT_DIGITS) if declared else hundred,
        node.whole("excess_times", most=100) if declared else 1,
        node.decimal("floor_percent", PERCENT_DIGITS, default="0"),
        window,
    )
