"""Loss 变损 线损: energy added to what a meter on the low side of a transformer shows."""

from dataclasses import dataclass

from ._node import Node
from ._schedule import PERIODS
from ._units import PERCENT_DIGITS, QUANTITY_DIGITS


@dataclass(frozen=True, slots=True)
class Loss:
    """`iron_w` runs for every hour of service, `percent` (1e-6 percent) follows the energy.

    The sum is shared out by the periods' energy; without any it goes to the period `idle`. In the
    same way `iron_var` and `reactive_percent` (of the active energy) add reactive energy, which
    the power factor is reckoned with.
    """

    iron_w: int
    percent: int
    idle: int
    iron_var: int
    reactive_percent: int


def loss_of(node: Node) -> Loss:
    return Loss(
        node.decimal("iron_kw", QUANTITY_DIGITS, default="0"),
        node.decimal("percent", PERCENT_DIGITS, default="0"),
        PERIODS.index(node.choice("idle", PERIODS, default="flat")),
        node.decimal("iron_kvar", QUANTITY_DIGITS, default="0"),
        node.decimal("reactive_percent", PERCENT_DIGITS, default="0"),
    )
