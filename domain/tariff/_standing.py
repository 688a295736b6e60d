"""Standing charges: per day, per month, per kVA of capacity."""

from dataclasses import dataclass
from itertools import pairwise

from ._node import Node
from ._units import PRICE_DIGITS, QUANTITY_DIGITS

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


@dataclass(frozen=True, slots=True)
class Step:
    """For capacities up to `up_to` VA, itself included (None: any): `fixed` (1e-8) a month, and
    `price` (1e-8) for every kVA above `above` VA.
    """

    up_to: int | None
    fixed: int
    above: int
    price: int


@dataclass(frozen=True, slots=True)
class Steps:
    """The capacity picks one step, which prices the month. Rising; only the last has no bound."""

    steps: tuple[Step, ...]
    proration: str


def per_day_of(node: Node) -> Standing:
    return Standing("day", node.decimal("price", PRICE_DIGITS), "days")


def per_month_of(node: Node) -> Standing:
    return Standing("month", node.decimal("price", PRICE_DIGITS), proration_of(node))


def per_kva_of(node: Node) -> Standing | Steps:
    if not node.has("steps"):
        return Standing("kVA", node.decimal("price", PRICE_DIGITS), proration_of(node))
    steps = node.each("steps", _step_of)
    for i, (lower, upper) in enumerate(pairwise(steps)):
        if lower.up_to is None or (upper.up_to is not None and upper.up_to <= lower.up_to):
            node.refuse(f"steps[{i + 1}].up_to_kva", "steps must rise")
    if steps[-1].up_to is not None:
        node.refuse("steps", "the last step must have no bound: every capacity has a price")
    return Steps(steps, proration_of(node))


def _step_of(content: object, path: str) -> Step:
    node = Node.at(content, path)
    step = Step(
        node.decimal("up_to_kva", QUANTITY_DIGITS) if node.has("up_to_kva") else None,
        node.decimal("fixed", PRICE_DIGITS, default="0"),
        node.decimal("above_kva", QUANTITY_DIGITS, default="0"),
        node.decimal("price", PRICE_DIGITS, default="0"),
    )
    node.done()
    return step


def proration_of(node: Node) -> str:
    return node.choice("proration", PRORATIONS)
