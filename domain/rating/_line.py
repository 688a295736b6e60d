"""A line of a bill: how much of what, at which price, and what that comes to."""

from dataclasses import dataclass, replace
from fractions import Fraction

from domain.tariff import PERCENT_DIGITS, Rounding, Tariff

CONTAINED = "% contained"


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """`quantity` is in thousandths of `unit` (kWh: Wh), `price` in 1e-8 currency per unit.

    Of the unit "%" the quantity is the base in minor currency units and the price 1e-6 percent.
    Lines whose amount is not a product (what fills a minimum, rounds a total, was settled
    elsewhere) have neither: their quantity and price are 0. Of the unit CONTAINED the base has the
    percentage in it already: the amount is 0, `contained_fen` says what to show. `share`: the part
    of a month that the price is for. `line` and `kind` name the charge in the document; `tier`
    counts from 1.
    """

    line: str
    kind: str
    unit: str
    quantity: int
    price: int
    amount_fen: int
    period: str | None = None
    tier: int | None = None
    share: Fraction = Fraction(1)

    @property
    def contained_fen(self) -> int:
        """Return how much of the base a contained percentage is, half up; 0 for all other lines."""
        return contained_fen(self.unit, self.quantity, self.price)

    def negated(self) -> "ChargeLine":
        """Return the line that takes this one back; of a contained percentage, its base."""
        sign = -1 if self.unit == CONTAINED else 1
        return replace(self, amount_fen=-self.amount_fen, quantity=sign * self.quantity)


def contained_fen(unit: str, quantity: int, price: int) -> int:
    """Return how much a line of this unit, quantity and price tells as contained."""
    if unit != CONTAINED:
        return 0
    return Rounding().of(quantity * price, 100 * 10**PERCENT_DIGITS + price)


@dataclass(frozen=True, slots=True)
class Charges:
    """What a tariff makes of a consumption: every line, rounded once, and their sum.

    `charged_wh` is the energy that was priced, and that counts on in the tier cycle.
    """

    tariff: Tariff
    lines: tuple[ChargeLine, ...]
    charged_wh: int

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    def of(self, line: str) -> int:
        """Return what one charge of the document comes to."""
        return sum(each.amount_fen for each in self.lines if each.line == line)
