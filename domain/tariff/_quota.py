"""Free quota: kWh that are not charged, or money that is given back."""

from dataclasses import dataclass

from ._base import Base, base_of
from ._node import Node, invalid
from ._schedule import PERIODS
from ._units import QUANTITY_DIGITS


@dataclass(frozen=True, slots=True)
class FreeEnergy:
    """`wh_per_month` are taken off before anything is priced, from these periods in this order.

    They do not count towards tiers either.
    """

    wh_per_month: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refund:
    """`fen_per_month` is given back, never more than the base came to."""

    fen_per_month: int
    base: Base


def free_energy_of(node: Node) -> FreeEnergy:
    order = node.distinct("order", _period)
    rest = tuple(i for i in range(len(PERIODS)) if i not in order)
    return FreeEnergy(node.decimal("kwh_per_month", QUANTITY_DIGITS), order + rest)


def refund_of(node: Node, digits: int) -> Refund:
    return Refund(node.decimal("money_per_month", digits), base_of(node))


def _period(content: object, path: str) -> int:
    if content not in PERIODS:
        invalid(path, f"expected one of {', '.join(PERIODS)}")
    return PERIODS.index(str(content))
