"""An amount that was settled elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from domain.tariff import Charge, Given

from ._line import ChargeLine
from ._promise import ALL, Promises
from ._sheet import Sheet


@dataclass(frozen=True, slots=True)
class GivenTerms:
    """Not set-based: there is nothing to compute, and no column that would bring it."""

    promises: ClassVar[Promises] = ALL
    charge: Charge
    rule: Given

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        amount = sum(fen for line, fen in sheet.use.given if line == self.charge.line)
        yield ChargeLine(self.charge.line, self.charge.kind, "", 0, 0, amount)
