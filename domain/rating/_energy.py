"""Energy at its price, by period or all alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from domain.base import Refusal
from domain.tariff import PERIODS, Charge, Energy, Prices

from ._consumption import Consumption
from ._form import Form, Part
from ._line import ChargeLine
from ._promise import ALL, Promises
from ._sheet import Sheet


class PeriodNotPriced(Refusal):
    """Energy was used in a period that the tariff does not know: meter and tariff disagree."""

    code = "PERIOD_NOT_PRICED"


@dataclass(frozen=True, slots=True)
class EnergyTerms:
    promises: ClassVar[Promises] = ALL
    charge: Charge
    rule: Energy

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        if self.rule.single is not None:
            yield self._line(sheet, sheet.use.total_wh, self.rule.single)
            return
        refuse_unpriced(self.rule.prices, sheet.use)
        for period, price, wh in zip(PERIODS, self.rule.prices, sheet.use.periods_wh, strict=True):
            if price is not None:
                yield self._line(sheet, wh, price, period)

    def _line(self, sheet: Sheet, wh: int, price: int, period: str | None = None) -> ChargeLine:
        amount = sheet.money.amount(wh, price)
        return ChargeLine(self.charge.line, self.charge.kind, "kWh", wh, price, amount, period)

    def sql(self, form: Form) -> list[Part]:
        if self.rule.single is not None:
            return [energy_part(form, "t.wh", form.price(self.rule.single))]
        refuse_unpriced_sql(self.rule.prices, form)
        return [
            energy_part(form, form.period(i), form.price(price))
            for i, price in enumerate(self.rule.prices)
            if price is not None
        ]


def refuse_unpriced(prices: Prices, use: Consumption) -> None:
    for period, price, wh in zip(PERIODS, prices, use.periods_wh, strict=True):
        if price is None and wh:
            raise PeriodNotPriced(period=period, energy_wh=wh)


def refuse_unpriced_sql(prices: Prices, form: Form) -> None:
    for i, price in enumerate(prices):
        if price is None:
            form.refused.append(f"{form.period(i)} = 0")


def energy_part(form: Form, quantity: str, price: str, tier: int | None = None) -> Part:
    """Return a line of energy at a price, both ways of reckoning."""
    quick = form.money.amount_sql(quantity, price, exact=False)
    return Part(quick, form.money.amount_sql(quantity, price, exact=True), tier)
