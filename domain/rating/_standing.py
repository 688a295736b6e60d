"""Standing charges: days and months of service, and what capacity costs in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from domain.tariff import Charge, Standing, Steps

from ._form import Form, Part
from ._line import ChargeLine
from ._money import Money
from ._promise import NOT_SPLIT, Promises
from ._sheet import Sheet


@dataclass(frozen=True, slots=True)
class StandingTerms:
    """`days` and `share` are those of the period; a period cut in two is settled twice.

    Per day nothing is lost by that, but a month's price may be rounded or capped in each part.
    """

    promises: ClassVar[Promises] = NOT_SPLIT
    charge: Charge
    rule: Standing
    days: int
    share: Fraction

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        yield self.line(sheet.money, sheet.use.capacity_va)

    def line(self, money: Money, capacity_va: int) -> ChargeLine:
        unit, price, charge = self.rule.unit, self.rule.price, self.charge
        quantity = {"day": 1000 * self.days, "month": 1000, "kVA": capacity_va}[unit]
        share = Fraction(1) if unit == "day" else self.share
        amount = money.amount(quantity, price, share)
        return ChargeLine(charge.line, charge.kind, unit, quantity, price, amount, share=share)

    def sql(self, form: Form) -> list[Part]:
        if self.rule.unit == "kVA":
            quantity = form.input("capacity_va")
            return [shared_part(form, quantity, self.rule.price, self.share)]
        return [Part(form.constant(self.line(form.money, 0).amount_fen))]


@dataclass(frozen=True, slots=True)
class StepsTerms:
    """A capacity in its step: what the step costs, and every kVA above its own line."""

    promises: ClassVar[Promises] = NOT_SPLIT
    charge: Charge
    rule: Steps
    share: Fraction

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        va, charge = sheet.use.capacity_va, self.charge
        step = next(each for each in self.rule.steps if each.up_to is None or va <= each.up_to)
        if step.fixed:
            amount = sheet.money.amount(1000, step.fixed, self.share)
            yield ChargeLine(
                charge.line, charge.kind, "month", 1000, step.fixed, amount, share=self.share
            )
        if step.price:
            above = max(0, va - step.above)
            amount = sheet.money.amount(above, step.price, self.share)
            yield ChargeLine(
                charge.line, charge.kind, "kVA", above, step.price, amount, share=self.share
            )

    def sql(self, form: Form) -> list[Part]:
        va = form.input("capacity_va")
        cases = []
        for step in self.rule.steps:
            fixed = form.constant(form.money.amount(1000, step.fixed, self.share))
            above = f"greatest(0, {va} - {form.constant(step.above)})"
            part = shared_part(form, above, step.price, self.share)
            when = (
                "else" if step.up_to is None else f"when {va} <= {form.constant(step.up_to)} then"
            )
            cases.append(f"{when} {fixed} + {part.quick}")
        if len(cases) == 1:
            return [Part(cases[0].removeprefix("else "))]
        return [Part(f"(case {' '.join(cases)} end)")]


def shared_part(form: Form, quantity: str, price: int, share: Fraction) -> Part:
    """Return a line whose quantity no energy bounds: always the exact way."""
    product = form.constant(price * share.numerator)
    amount = form.money.amount_sql(quantity, product, share, exact=True)
    return Part(f"({amount})::bigint")
