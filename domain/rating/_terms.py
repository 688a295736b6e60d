"""Terms: a tariff with everything settled that does not depend on how much was used."""

from dataclasses import dataclass
from datetime import date

from domain.tariff import Charge, Energy, Tariff

from ._consumption import Consumption
from ._energy import EnergyTerms
from ._line import Charges
from ._money import Money
from ._tiers import TierTerms

Item = EnergyTerms | TierTerms


@dataclass(frozen=True, slots=True)
class Terms:
    """What the tariff comes to for one period: many accounts share one."""

    tariff: Tariff
    items: tuple[Item, ...]

    @property
    def money(self) -> Money:
        return Money.of(self.tariff)


def terms_of(tariff: Tariff, *, first_day: date) -> Terms:
    """Return the tariff's terms for a period that begins on `first_day`."""
    return Terms(tariff, tuple(_item(charge, first_day) for charge in tariff.charges))


def rate(terms: Terms, consumption: Consumption) -> Charges:
    """Return what the consumption costs, line by line, each line rounded once.

    Refusals: PeriodNotPriced.
    """
    money = terms.money
    lines = tuple(line for item in terms.items for line in item.lines(consumption, money))
    return Charges(terms.tariff, lines)


def _item(charge: Charge, first_day: date) -> Item:
    if isinstance(charge, Energy):
        return EnergyTerms(charge)
    return TierTerms(charge.line, charge.limits_on(first_day), charge.prices)
