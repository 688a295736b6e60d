"""Tiers 阶梯: the part of the cycle's energy that falls into each block."""

from dataclasses import dataclass
from itertools import pairwise

from ._consumption import Consumption
from ._line import ChargeLine
from ._money import Money
from ._product import Constants, Product


@dataclass(frozen=True, slots=True)
class TierTerms:
    """Tiers with the limits that hold in one cycle."""

    line: str
    limits: tuple[int, ...]
    prices: tuple[int, ...]

    def lines(self, use: Consumption, money: Money) -> tuple[ChargeLine, ...]:
        return tuple(
            ChargeLine(self.line, "tiers", "kWh", wh, price, money.amount(wh, price), tier=tier)
            for tier, (wh, price) in enumerate(
                zip(self._blocks(use), self.prices, strict=True), start=1
            )
        )

    def _blocks(self, use: Consumption) -> tuple[int, ...]:
        before, after = use.cycle_wh, use.cycle_wh + use.total_wh
        bounds = (0, *self.limits, max(after, *self.limits))
        return tuple(
            max(0, min(after, upper) - max(before, lower)) for lower, upper in pairwise(bounds)
        )

    def products(self, constants: Constants) -> list[Product]:
        limits = [constants.add(limit) for limit in self.limits]
        found = []
        for tier, price in enumerate(self.prices):
            if price:
                upper = f"least(t.after, {limits[tier]})" if tier < len(limits) else "t.after"
                lower = f"greatest(u.cycle_wh, {limits[tier - 1]})" if tier else "u.cycle_wh"
                quantity = f"greatest(0, {upper} - {lower})"
                found.append(Product(quantity, constants.add(price)))
        return found
