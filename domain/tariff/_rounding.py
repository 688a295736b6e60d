"""Rounding: a step and a mode, said by the tariff, applied only in rating."""

from dataclasses import dataclass

from ._node import Node

MODES = ("half_up", "half_even", "down", "up")


@dataclass(frozen=True, slots=True)
class Rounding:
    """To whole steps (in the unit of the thing rounded); half_up means away from zero."""

    step: int
    mode: str = "half_up"


def rounding_of(node: Node, digits: int) -> Rounding:
    rounding = Rounding(node.decimal("step", digits), node.choice("mode", MODES))
    if rounding.step == 0:
        node.refuse("step", "a step of zero rounds nothing")
    node.done()
    return rounding
