"""Minimum charge: what is missing to the least that a period costs; and the rounding line."""

from dataclasses import dataclass

from ._base import Base, base_of
from ._node import Node
from ._rounding import Rounding, rounding_of
from ._standing import proration_of
from ._units import PRICE_DIGITS


@dataclass(frozen=True, slots=True)
class Minimum:
    """`price` in 1e-8 per month: at least that must the base come to."""

    price: int
    proration: str
    base: Base


@dataclass(frozen=True, slots=True)
class RoundOff:
    """A line that brings all lines before it to whole steps."""

    rounding: Rounding


def minimum_of(node: Node) -> Minimum:
    return Minimum(node.decimal("price", PRICE_DIGITS), proration_of(node), base_of(node))


def round_off_of(node: Node, digits: int) -> RoundOff:
    return RoundOff(rounding_of(node.node("to"), digits))
