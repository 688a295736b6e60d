"""Brackets: the total use picks the bracket that prices all of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from domain.base import Refusal
from domain.tariff import Bracket, Brackets, Charge, Rounding

from ._blocks import block_sql, blocks_between
from ._energy import energy_part
from ._form import Form, Part
from ._line import ChargeLine
from ._promise import ORDER, Promises
from ._sheet import Sheet

_NEAREST = Rounding()


class BeyondBrackets(Refusal):
    """More was used than the last bracket of the tariff knows."""

    code = "BEYOND_BRACKETS"


@dataclass(frozen=True, slots=True)
class BracketTerms:
    """A bracket may be cheaper than the one below it, and two small parts miss the large one."""

    promises: ClassVar[Promises] = ORDER
    charge: Charge
    rule: Brackets

    @classmethod
    def of(cls, charge: Charge, rule: Brackets, *, days: int, goes_on: bool) -> "BracketTerms":
        """Settle the bounds for the days of the period; what is fixed is owed once in it, when it
        has days.
        """

        def scaled(wh: int) -> int:
            per_month = rule.days_per_month
            return _NEAREST.of(wh * days, per_month) if per_month else wh

        brackets = tuple(
            replace(
                each,
                up_to=None if each.up_to is None else scaled(each.up_to),
                limits=tuple(map(scaled, each.limits)),
                fixed=each.fixed if days and not goes_on else 0,
            )
            for each in rule.brackets
        )
        return cls(charge, Brackets(brackets))

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        wh, charge = sheet.use.total_wh, self.charge
        for bracket in self.rule.brackets:
            if bracket.up_to is None or wh <= bracket.up_to:
                break
        else:
            raise BeyondBrackets(energy_wh=wh)
        blocks = blocks_between(0, wh, bracket.limits)
        for i, (block, price) in enumerate(zip(blocks, bracket.prices, strict=True)):
            amount = sheet.money.amount(block, price)
            yield ChargeLine(charge.line, charge.kind, "kWh", block, price, amount, tier=i + 1)
        if bracket.fixed:
            amount = sheet.money.amount(1000, bracket.fixed)
            yield ChargeLine(charge.line, charge.kind, "bill", 1000, bracket.fixed, amount)

    def sql(self, form: Form) -> list[Part]:
        quick, exact = [], []
        for bracket in self.rule.brackets:
            up_to = bracket.up_to
            when = "else" if up_to is None else f"when t.wh <= {form.constant(up_to)} then"
            part = self._bracket(bracket, form)
            quick.append(f"{when} {part.quick}")
            exact.append(f"{when} {part.exact}")
        if len(self.rule.brackets) == 1 and self.rule.brackets[0].up_to is None:
            return [part]
        return [Part(f"(case {' '.join(quick)} end)", f"(case {' '.join(exact)} end)")]

    def _bracket(self, bracket: Bracket, form: Form) -> Part:
        limits = [form.constant(limit) for limit in bracket.limits]
        parts = [
            energy_part(form, block_sql("0", "t.wh", limits, i), form.price(price))
            for i, price in enumerate(bracket.prices)
        ]
        fixed = form.constant(form.money.amount(1000, bracket.fixed))
        quick = " + ".join([fixed, *(part.quick for part in parts)])
        exact = " + ".join([fixed, *(part.exact or part.quick for part in parts)])
        return Part(f"({quick})", f"({exact})")
