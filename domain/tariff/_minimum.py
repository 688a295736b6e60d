"""Minimum charge: what is missing to the least that a period costs; and the rounding line."""

from dataclasses import dataclass

from ._base import Base, base_of
from ._node import Node
from ._rounding import Rounding, rounding_of
from ._standing import proration_of
from ._units import PRICE_DIGITS

UNITS = ("month", "kVA", "kW")


@dataclass(frozen=True, slots=True)
class Minimum:
    """`price` in 1e-8 per `unit` and month: at least that must the base come to.

    `unit` is "month", "kVA" of the capacity or "kW" of the declared demand.
    """

    price: int
    unit: str
    proration: str
    base: Base


@dataclass(frozen=True, slots=True)
class RoundOff:
    """A line that brings all lines before it to whole steps."""

    rounding: Rounding


def minimum_of(node: Node) -> Minimum:
    return Minimum(
        node.decimal("price", PRICE_DIGITS),
        node.choice("unit", UNITS, default="month"),
        proration_of(node),
        base_of(node),
    )


def round_off_of(node: Node, digits: int) -> RoundOff:
    return RoundOff(rounding_of(node.node("to"), digits))
