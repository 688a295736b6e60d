"""Tiers 阶梯: the part of the cycle's energy that falls into each block."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from domain.tariff import Charge, Tiers

from ._blocks import block_sql, blocks_between
from ._energy import energy_part
from ._form import Form, Part
from ._line import ChargeLine
from ._promise import ALL, Promises
from ._sheet import Sheet


@dataclass(frozen=True, slots=True)
class TierTerms:
    """Tiers with the limits that hold in one cycle, in Wh; `counts_on` from what was used in it."""

    promises: ClassVar[Promises] = ALL
    charge: Charge
    rule: Tiers
    limits: tuple[int, ...]
    counts_on: bool = True

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        before = sheet.use.cycle_wh if self.counts_on else 0
        found = blocks_between(before, before + sheet.use.total_wh, self.limits)
        for i, (wh, price) in enumerate(zip(found, self.rule.prices, strict=True)):
            amount = sheet.money.amount(wh, price)
            charge = self.charge
            yield ChargeLine(charge.line, charge.kind, "kWh", wh, price, amount, tier=i + 1)

    def sql(self, form: Form) -> list[Part]:
        before, after = ("u.cycle_wh", "t.after") if self.counts_on else ("0", "t.wh")
        limits = [form.constant(limit) for limit in self.limits]
        return [
            energy_part(form, block_sql(before, after, limits, i), form.price(price), tier=i + 1)
            for i, price in enumerate(self.rule.prices)
            if price
        ]
