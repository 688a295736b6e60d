"""What somebody else has settled: an agreed correction, a sub-meter, a line of another system."""

from dataclasses import dataclass

from ._node import Node
from ._schedule import PERIODS


@dataclass(frozen=True, slots=True)
class Given:
    """The consumption brings the amount under the charge's line."""


@dataclass(frozen=True, slots=True)
class GivenEnergy:
    """The consumption brings energy under the charge's line, to be added before anything is priced,
    or, `deducted`, taken off: a sub-meter (减分表), losses by a table, kWh agreed on (退补).

    The periods share it by their energy; without any it goes to the period `idle`.
    """

    deducted: bool
    idle: int


def given_energy_of(node: Node) -> GivenEnergy:
    idle = PERIODS.index(node.choice("idle", PERIODS, default="flat"))
    return GivenEnergy(node.flag("deducted"), idle)
