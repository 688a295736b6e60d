"""Rounding: a step and a mode, said by the tariff."""

from dataclasses import dataclass

from ._node import Node
from ._units import PRICE_DIGITS, QUANTITY_DIGITS

MODES = ("half_up", "half_even", "down", "up")


@dataclass(frozen=True, slots=True)
class Rounding:
    """To whole steps, in the unit of the thing rounded; half_up means away from zero."""

    step: int = 1
    mode: str = "half_up"

    def of(self, numerator: int, denominator: int) -> int:
        """Return numerator / denominator in whole steps; the denominator is positive."""
        unit = denominator * self.step
        whole, rest = divmod(abs(numerator), unit)
        match self.mode:
            case "half_up":
                whole += 2 * rest >= unit
            case "half_even":
                whole += 2 * rest + whole % 2 > unit
            case "up":
                whole += rest > 0
        return (whole if numerator >= 0 else -whole) * self.step


@dataclass(frozen=True, slots=True)
class Roundings:
    """The named roundings: of a line's money, of a quantity, of a price that is computed."""

    line: Rounding
    quantity: Rounding
    price: Rounding


def roundings_of(node: Node, digits: int) -> Roundings:
    found = Roundings(
        rounding_of(node.node("line"), digits),
        rounding_of(node.node("quantity"), QUANTITY_DIGITS) if node.has("quantity") else Rounding(),
        rounding_of(node.node("price"), PRICE_DIGITS) if node.has("price") else Rounding(100),
    )
    node.done()
    return found


def rounding_of(node: Node, digits: int) -> Rounding:
    rounding = Rounding(node.decimal("step", digits), node.choice("mode", MODES))
    if rounding.step == 0:
        node.refuse("step", "a step of zero rounds nothing")
    node.done()
    return rounding
