"""Energy at its price, by period or all alike."""

from dataclasses import dataclass

from domain.base import Refusal
from domain.tariff import PERIODS, Energy

from ._consumption import Consumption
from ._line import ChargeLine
from ._money import Money
from ._product import Constants, Product


class PeriodNotPriced(Refusal):
    """Energy was used in a period that the tariff does not know: meter and tariff disagree."""

    code = "PERIOD_NOT_PRICED"


@dataclass(frozen=True, slots=True)
class EnergyTerms:
    charge: Energy

    def lines(self, use: Consumption, money: Money) -> tuple[ChargeLine, ...]:
        single = self.charge.single
        if single is not None:
            return (self._line(use.total_wh, single, money),)
        found = []
        for period, price, wh in zip(PERIODS, self.charge.prices, use.periods_wh, strict=True):
            if price is not None:
                found.append(self._line(wh, price, money, period))
            elif wh:
                raise PeriodNotPriced(period=period, energy_wh=wh)
        return tuple(found)

    def _line(self, wh: int, price: int, money: Money, period: str | None = None) -> ChargeLine:
        amount = money.amount(wh, price)
        return ChargeLine(self.charge.line, "energy", "kWh", wh, price, amount, period)

    def products(self, constants: Constants) -> list[Product]:
        if self.charge.single is not None:
            return [Product("t.wh", constants.add(self.charge.single))]
        return [
            Product(f"u.{period}_wh", constants.add(price))
            for period, price in zip(PERIODS, self.charge.prices, strict=True)
            if price is not None
        ]

    @property
    def refused(self) -> tuple[str, ...]:
        """Periods in which energy cannot be rated."""
        if self.charge.single is not None:
            return ()
        priced = zip(PERIODS, self.charge.prices, strict=True)
        return tuple(period for period, price in priced if price is None)
