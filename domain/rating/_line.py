"""A line of a bill: how much of what, at which price, and what that comes to."""

from dataclasses import dataclass

from domain.tariff import Tariff


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """`quantity` is in thousandths of `unit` (kWh: Wh), `price` in 1e-8 currency per unit.

    `line` and `kind` name the charge in the tariff's document; `tier` counts from 1.
    """

    line: str
    kind: str
    unit: str
    quantity: int
    price: int
    amount_fen: int
    period: str | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Charges:
    """What a tariff makes of a consumption: every line, rounded once, and their sum."""

    tariff: Tariff
    lines: tuple[ChargeLine, ...]

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)
