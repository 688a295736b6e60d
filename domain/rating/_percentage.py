"""Percentage of lines: surcharges, duties, taxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from domain.tariff import Charge, Percentage

from ._form import Form, Part
from ._line import CONTAINED, ChargeLine
from ._promise import ALL, NONE, Promises
from ._sheet import Sheet


@dataclass(frozen=True, slots=True)
class PercentageTerms:
    """`bounds`: below how many Wh each rate but the last holds in this period."""

    promises: ClassVar[Promises] = ALL
    charge: Charge
    rule: Percentage
    bounds: tuple[int, ...]

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        wh, rates = sheet.use.total_wh, self.rule.rates
        chosen = next((i for i, bound in enumerate(self.bounds) if wh < bound), len(rates) - 1)
        percent, base = rates[chosen].percent, sheet.base(self.rule.base)
        included = self.rule.included
        unit, amount = (CONTAINED, 0) if included else ("%", sheet.money.percent(base, percent))
        yield ChargeLine(self.charge.line, self.charge.kind, unit, base, percent, amount)

    def sql(self, form: Form) -> list[Part]:
        if self.rule.included:
            return []
        *others, last = (form.constant(rate.percent) for rate in self.rule.rates)
        percent = last
        if others:
            bounds = [form.constant(bound) for bound in self.bounds]
            cases = zip(bounds, others, strict=True)
            whens = " ".join(f"when t.wh < {bound} then {rate}" for bound, rate in cases)
            percent = f"(case {whens} else {last} end)"
        return [Part(form.money.percent_sql(form.base(self.rule.base), percent))]


class StepwisePercentageTerms(PercentageTerms):
    """The rate depends on the use: it jumps, and parts may stand under another rate."""

    promises: ClassVar[Promises] = NONE
