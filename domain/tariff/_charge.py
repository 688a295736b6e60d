"""Charge: one entry of a tariff's list: its line, its kind, when it applies, and its rule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ._base import check_base
from ._blocks import Blocks
from ._brackets import Brackets, brackets_of
from ._demand import Demand, demand_of
from ._energy import Energy, Prices, energy_of
from ._given import Given, GivenEnergy, given_energy_of
from ._loss import Loss, loss_of
from ._matrix import Matrix, matrix_of
from ._minimum import Minimum, RoundOff, minimum_of, round_off_of
from ._node import Node, invalid
from ._percentage import Percentage, percentage_of
from ._power_factor import PowerFactor, power_factor_of
from ._quota import FreeEnergy, Refund, free_energy_of, refund_of
from ._rounding import Rounding, Roundings, rounding_of
from ._schedule import MONTHS, months_of
from ._standing import Standing, Steps, per_day_of, per_kva_of, per_month_of
from ._tiers import Tiers, tiers_of

Rule = (
    Brackets
    | Demand
    | Energy
    | FreeEnergy
    | Given
    | GivenEnergy
    | Loss
    | Matrix
    | Minimum
    | Percentage
    | PowerFactor
    | Refund
    | RoundOff
    | Standing
    | Steps
    | Tiers
)

CHANGES_ENERGY = (FreeEnergy, GivenEnergy, Loss)

KINDS: dict[str, Callable[[Node, int, Roundings], Rule]] = {
    "energy": lambda node, _, roundings: energy_of(node, roundings.price),
    "tiers": lambda node, *_: tiers_of(node),
    "matrix": lambda node, _, roundings: matrix_of(node, roundings.price),
    "brackets": lambda node, *_: brackets_of(node),
    "per_day": lambda node, *_: per_day_of(node),
    "per_month": lambda node, *_: per_month_of(node),
    "per_kva": lambda node, *_: per_kva_of(node),
    "demand": lambda node, *_: demand_of(node),
    "power_factor": lambda node, *_: power_factor_of(node),
    "percentage": lambda node, *_: percentage_of(node),
    "tax": lambda node, *_: percentage_of(node),
    "minimum": lambda node, *_: minimum_of(node),
    "rounding": lambda node, digits, _: round_off_of(node, digits),
    "free_energy": lambda node, *_: free_energy_of(node),
    "refund": lambda node, digits, _: refund_of(node, digits),
    "loss": lambda node, *_: loss_of(node),
    "given": lambda *_: Given(),
    "given_energy": lambda node, *_: given_energy_of(node),
}


@dataclass(frozen=True, slots=True)
class When:
    """A charge applies in these months, to accounts that hold or lack an entitlement."""

    months: tuple[int, ...] = MONTHS
    holds: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """`credit`: what the rule comes to is given, not taken. `rounding` is that of its lines.

    `title` is what bills call the line; empty: by its kind.
    """

    line: str
    kind: str
    when: When
    credit: bool
    rounding: Rounding
    rule: Rule
    title: str = ""

    @property
    def blocks(self) -> Blocks | None:
        return self.rule.blocks if isinstance(self.rule, Tiers | Matrix) else None

    @property
    def prices(self) -> tuple[Prices, ...]:
        """Return its prices by period, as far as it has some."""
        if isinstance(self.rule, Matrix):
            return self.rule.prices
        by_period = isinstance(self.rule, Energy) and self.rule.single is None
        return (self.rule.prices,) if isinstance(self.rule, Energy) and by_period else ()

    @property
    def asks_service(self) -> bool:
        """Tell whether it wants to know more of the account's use and contract than energy."""
        rule = self.rule
        return (
            isinstance(rule, Demand | PowerFactor | Steps)
            or (isinstance(rule, Standing) and rule.unit == "kVA")
            or (isinstance(rule, Minimum) and rule.unit != "month")
        )

    @property
    def asks_contract(self) -> tuple[str, ...]:
        """Name what it wants to know of the account's contract: `capacity_va`, `declared_w`."""
        match self.rule:
            case Steps() | Standing(unit="kVA") | Minimum(unit="kVA"):
                return ("capacity_va",)
            case Minimum(unit="kW"):
                return ("declared_w",)
            case Demand() as rule:
                floor = ("capacity_va",) if rule.floor_percent else ()
                return (*floor, "declared_w") if rule.declared else floor
        return ()

    def applies_on(self, day: date) -> bool:
        return day.month in self.when.months


def charge_of(content: object, path: str, digits: int, roundings: Roundings) -> Charge:
    node = Node.at(content, path)
    kind = node.choice("kind", KINDS)
    charge = Charge(
        node.text("line", 40),
        kind,
        _when_of(node.node("when")) if node.has("when") else When(),
        node.flag("credit"),
        rounding_of(node.node("rounding"), digits) if node.has("rounding") else roundings.line,
        KINDS[kind](node, digits, roundings),
        node.text("title", 80) if node.has("title") else "",
    )
    node.done()
    return charge


def check_charges(charges: tuple[Charge, ...]) -> None:
    """Refuse lines that are named twice, bases that are not there yet, energy changed too late."""
    known: dict[str, int] = {}
    for i, charge in enumerate(charges):
        path = f"$.charges[{i}]"
        if charge.line in known:
            invalid(f"{path}.line", f"{charge.line!r} is another charge's name already")
        if isinstance(charge.rule, Percentage | PowerFactor | Minimum | Refund):
            check_base(charge.rule.base, known, path)
        if isinstance(charge.rule, CHANGES_ENERGY) and not all(
            isinstance(each.rule, CHANGES_ENERGY) for each in charges[:i]
        ):
            invalid(path, "what changes the energy stands before all other charges")
        known[charge.line] = charge.blocks.count if charge.blocks else 1
    if len({each.rule.window_minutes for each in charges if isinstance(each.rule, Demand)}) > 1:
        invalid("$.charges", "all demand of a tariff is averaged over the same window")
    cycles = {charge.blocks.cycle for charge in charges if charge.blocks}
    if len(cycles) > 1:
        invalid("$.charges", "all tiers of a tariff count through the same cycle")


def check_purchase(charges: tuple[Charge, ...]) -> None:
    """Refuse what money cannot be turned into energy by: one energy price, fixed sums, taxes."""
    sold = [charge for charge in charges if isinstance(charge.rule, Energy | Tiers)]
    if len(sold) != 1:
        invalid("$.charges", "a purchase needs exactly one charge of kind tiers or energy")
    for i, charge in enumerate(charges):
        rule, path = charge.rule, f"$.charges[{i}]"
        simple_tax = isinstance(rule, Percentage) and len(rule.rates) == 1
        fixed = isinstance(rule, FreeEnergy | Given) or (
            isinstance(rule, Standing) and rule.unit != "kVA"
        )
        if charge.credit or not (charge in sold or simple_tax or fixed):
            invalid(path, "a purchase knows no such charge")
        if isinstance(rule, Energy) and not rule.single:
            invalid(path, "a purchase needs one price for all energy, above zero")
        if isinstance(rule, Tiers) and rule.prices[-1] == 0:
            invalid(path, "the last tier must have a price")


def _when_of(node: Node) -> When:
    holds, lacks = (node.text(key, 40, optional=True) for key in ("holds", "lacks"))
    when = When(months_of(node), holds, lacks)
    node.done()
    return when
