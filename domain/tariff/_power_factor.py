"""Power-factor adjustment 功率因数调整: a percentage by table, around a standard."""

from dataclasses import dataclass

from ._base import Base, base_of
from ._node import Node, invalid
from ._units import PERCENT_DIGITS, PRICE_DIGITS

FACTOR_DIGITS = 2
DIRECTIONS = ("both", "drawn")
_ONE = 10**FACTOR_DIGITS


@dataclass(frozen=True, slots=True)
class Band:
    """Every hundredth on the way to `to` (itself included) adds `percent` (1e-6 percent)."""

    to: int
    percent: int


@dataclass(frozen=True, slots=True)
class PowerFactor:
    """Factors are hundredths. Beyond the last band the percentage stays where it is.

    `less_price` (1e-8 per kWh) takes what is no part of the base, government funds, out of it.
    `drawn_only`: reactive energy that flows back does not count.
    """

    standard: int
    rewards: tuple[Band, ...]
    penalties: tuple[Band, ...]
    base: Base
    less_price: int
    drawn_only: bool


def power_factor_of(node: Node) -> PowerFactor:
    standard = node.decimal("standard", FACTOR_DIGITS)
    rewards = node.each("rewards", _band_of, optional=True)
    penalties = node.each("penalties", _band_of, optional=True)
    ups, downs = [band.to for band in rewards], [band.to for band in penalties]
    if ups != sorted({*ups, standard})[1:] or (ups and ups[-1] > _ONE):
        node.refuse("rewards", "bands must rise from the standard to 1.00 at most")
    if downs != sorted({*downs, standard}, reverse=True)[1:]:
        node.refuse("penalties", "bands must fall from the standard")
    return PowerFactor(
        standard,
        rewards,
        penalties,
        base_of(node),
        node.decimal("less_per_kwh", PRICE_DIGITS, default="0"),
        node.choice("reactive", DIRECTIONS, default=DIRECTIONS[0]) == "drawn",
    )


def _band_of(content: object, path: str) -> Band:
    node = Node.at(content, path)
    band = Band(node.decimal("to", FACTOR_DIGITS), node.decimal("percent", PERCENT_DIGITS))
    node.done()
    if band.to > _ONE:
        invalid(f"{path}.to", "a power factor is at most 1.00")
    return band
