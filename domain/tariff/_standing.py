"""Standing charges: per day, per month, per kVA of capacity."""

from dataclasses import dataclass

from ._node import Node
from ._units import PRICE_DIGITS

PRORATIONS = ("whole", "days", "thirtieth")


@dataclass(frozen=True, slots=True)
class Standing:
    """`price` in 1e-8 per unit: "day", "month", "kVA" (each month).

    `proration` says what an incomplete month costs: "whole": all of it; "days": served days over
    the days of that month; "thirtieth": a thirtieth for every served day, a full month at most.
    """

    unit: str
    price: int
    proration: str


def per_day_of(node: Node) -> Standing:
    return Standing("day", node.decimal("price", PRICE_DIGITS), "days")


def per_month_of(node: Node) -> Standing:
    return Standing("month", node.decimal("price", PRICE_DIGITS), proration_of(node))


def per_kva_of(node: Node) -> Standing:
    return Standing("kVA", node.decimal("price", PRICE_DIGITS), proration_of(node))


def proration_of(node: Node) -> str:
    return node.choice("proration", PRORATIONS)
