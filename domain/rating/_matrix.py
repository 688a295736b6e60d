"""Matrix: a price for every tier and period; a tier's energy follows the periods' parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import isqrt
from typing import ClassVar

from domain.tariff import PERIODS, Charge, Matrix

from ._blocks import block_sql, blocks_between
from ._energy import energy_part, refuse_unpriced, refuse_unpriced_sql
from ._form import INT64_MAX, Form, Part
from ._line import ChargeLine
from ._promise import NONE, Promises
from ._sheet import Sheet


@dataclass(frozen=True, slots=True)
class MatrixTerms:
    """Shares are whole Wh that add up to the tier.

    A share is the difference of two floors, so one Wh may move between periods as the parts
    change: neither monotone nor split-invariant to the last fen.
    """

    promises: ClassVar[Promises] = NONE
    charge: Charge
    rule: Matrix
    limits: tuple[int, ...]
    counts_on: bool = True

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        use, charge = sheet.use, self.charge
        refuse_unpriced(self.rule.prices[0], use)
        before = use.cycle_wh if self.counts_on else 0
        tiers = blocks_between(before, before + use.total_wh, self.limits)
        for tier, (tier_wh, prices) in enumerate(zip(tiers, self.rule.prices, strict=True)):
            shares = _shares(tier_wh, use.periods_wh)
            for period, wh, price in zip(PERIODS, shares, prices, strict=True):
                if price is not None:
                    amount = sheet.money.amount(wh, price)
                    yield ChargeLine(
                        charge.line, charge.kind, "kWh", wh, price, amount, period, tier + 1
                    )

    def sql(self, form: Form) -> list[Part]:
        refuse_unpriced_sql(self.rule.prices[0], form)
        form.bound(isqrt(INT64_MAX))
        before, after = ("u.cycle_wh", "t.after") if self.counts_on else ("0", "t.wh")
        limits = [form.constant(limit) for limit in self.limits]
        found = []
        for tier, prices in enumerate(self.rule.prices):
            block = block_sql(before, after, limits, tier)
            for i, price in enumerate(prices):
                if price is not None:
                    cell = _cell(form, block, i, form.price(price))
                    found.append(Part(cell.quick, cell.exact, tier + 1))
        return found


def _shares(tier_wh: int, periods_wh: tuple[int, ...]) -> tuple[int, ...]:
    whole = max(1, sum(periods_wh))
    ends = [tier_wh * end // whole for end in accumulate(periods_wh, initial=0)]
    return tuple(upper - lower for lower, upper in pairwise(ends))


def _cell(form: Form, block: str, i: int, price: str) -> Part:
    ends = [" + ".join(form.period(j) for j in range(end)) or "0" for end in (i, i + 1)]
    quick = [f"({block}) * ({end}) / greatest(t.wh, 1)" for end in ends]
    exact = [f"div(({block})::numeric * ({end}), greatest(t.wh, 1))" for end in ends]
    return Part(
        energy_part(form, f"{quick[1]} - {quick[0]}", price).quick,
        energy_part(form, f"{exact[1]} - {exact[0]}", price).exact,
    )
