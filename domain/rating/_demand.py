"""Demand 需量: the kW that are billed, and what they cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from domain.tariff import PERCENT_DIGITS, Charge, Demand, Rounding

from ._consumption import Consumption
from ._form import Form, Part
from ._line import ChargeLine
from ._promise import NOT_SPLIT, Promises
from ._sheet import Sheet
from ._standing import shared_part

_HUNDRED_PERCENT = 100 * 10**PERCENT_DIGITS
_NEAREST = Rounding()


@dataclass(frozen=True, slots=True)
class DemandTerms:
    promises: ClassVar[Promises] = NOT_SPLIT
    charge: Charge
    rule: Demand
    share: Fraction

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        w, charge, price = self._billed_w(sheet.use), self.charge, self.rule.price
        amount = sheet.money.amount(w, price, self.share)
        yield ChargeLine(charge.line, charge.kind, "kW", w, price, amount, share=self.share)

    def _billed_w(self, use: Consumption) -> int:
        floor = _part(use.capacity_va, self.rule.floor_percent)
        if not self.rule.declared:
            return max(use.demand_w, floor)
        declared = max(use.declared_w, floor)
        excess = max(0, use.demand_w - _part(declared, self.rule.free_percent))
        return declared + self.rule.excess_times * excess

    def sql(self, form: Form) -> list[Part]:
        demand = form.input("demand_w")
        billed = form.input("declared_w") if self.rule.declared else demand
        if self.rule.floor_percent:
            floor = _part_sql(form.input("capacity_va"), form.constant(self.rule.floor_percent))
            billed = f"greatest({billed}, {floor})"
        if self.rule.declared:
            free = _part_sql(billed, form.constant(self.rule.free_percent))
            times = form.constant(self.rule.excess_times)
            billed = f"{billed} + {times} * greatest(0, {demand} - {free})"
        return [shared_part(form, billed, self.rule.price, self.share)]


def _part(w: int, percent: int) -> int:
    return _NEAREST.of(w * percent, _HUNDRED_PERCENT)


def _part_sql(w: str, percent: str) -> str:
    return f"div(({w})::numeric * {percent} + {_HUNDRED_PERCENT // 2}, {_HUNDRED_PERCENT})"
