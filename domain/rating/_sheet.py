"""Sheet: a rating in progress: what is charged for, and the lines so far."""

from dataclasses import dataclass, field

from domain.tariff import Base

from ._consumption import Consumption
from ._line import ChargeLine
from ._money import Money


@dataclass(slots=True)
class Sheet:
    money: Money
    use: Consumption
    lines: list[ChargeLine] = field(default_factory=list)

    def base(self, base: Base) -> int:
        """Return what the lines of a base come to; an empty base is all of them."""
        return sum(
            line.amount_fen
            for line in self.lines
            if not base or any(part.holds(line.line, line.tier) for part in base)
        )
