"""What fills a bill up to its minimum, gives money back, or rounds the total off."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from domain.tariff import Charge, Minimum, Refund, RoundOff

from ._form import Form, Part
from ._line import ChargeLine
from ._money import signed_sql
from ._promise import MONOTONE, Promises
from ._sheet import Sheet
from ._standing import shared_part


@dataclass(frozen=True, slots=True)
class MinimumTerms:
    promises: ClassVar[Promises] = MONOTONE
    charge: Charge
    rule: Minimum
    share: Fraction

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        use = sheet.use
        units = {"month": 1000, "kVA": use.capacity_va, "kW": use.declared_w}[self.rule.unit]
        least = sheet.money.amount(units, self.rule.price, self.share)
        missing = max(0, least - sheet.base(self.rule.base))
        yield ChargeLine(self.charge.line, self.charge.kind, "", 0, 0, missing)

    def sql(self, form: Form) -> list[Part]:
        if self.rule.unit == "month":
            least = form.constant(form.money.amount(1000, self.rule.price, self.share))
        else:
            units = form.input("capacity_va" if self.rule.unit == "kVA" else "declared_w")
            least = shared_part(form, units, self.rule.price, self.share).quick
        return [Part(f"greatest(0, {least} - {form.base(self.rule.base)})")]


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """`most_fen`: what is given back in this period, if the base comes to so much."""

    promises: ClassVar[Promises] = MONOTONE
    charge: Charge
    rule: Refund
    most_fen: int

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        refund = min(self.most_fen, max(0, sheet.base(self.rule.base)))
        yield ChargeLine(self.charge.line, self.charge.kind, "", 0, 0, -refund)

    def sql(self, form: Form) -> list[Part]:
        most = form.constant(self.most_fen)
        return [Part(f"-least({most}, greatest(0, {form.base(self.rule.base)}))")]


@dataclass(frozen=True, slots=True)
class RoundOffTerms:
    promises: ClassVar[Promises] = MONOTONE
    charge: Charge
    rule: RoundOff

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        total = sheet.base(())
        amount = self.rule.rounding.of(total, 1) - total
        yield ChargeLine(self.charge.line, self.charge.kind, "", 0, 0, amount)

    def sql(self, form: Form) -> list[Part]:
        total = f"{form.base(())}::numeric"
        return [Part(f"{signed_sql(total, 1, self.rule.rounding)} - {form.base(())}")]
