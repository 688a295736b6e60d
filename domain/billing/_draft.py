"""Draft: a bill that is computed and not yet written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ._part import Part
from ._rated import Rated, RatedLine


@dataclass(frozen=True, slots=True)
class Draft:
    """`rated` is None where the parts could not be rated; `reasons` then say why.

    `original_id`: the bill that this one reverses (`kind` REVERSAL) or takes the place of.
    """

    account_id: int
    first_day: date
    until: date
    parts: tuple[Part, ...]
    rated: Rated | None
    reasons: tuple[str, ...] = ()
    kind: str = "BILL"
    original_id: int | None = None
    why: str | None = None

    @property
    def is_held(self) -> bool:
        return bool(self.reasons)

    @property
    def total_fen(self) -> int | None:
        return None if self.rated is None else self.rated.total_fen

    @property
    def lines(self) -> tuple[RatedLine, ...]:
        return () if self.rated is None else self.rated.lines

    @property
    def energy_wh(self) -> int:
        used = sum(part.energy_wh for part in self.parts)
        return -used if self.kind == "REVERSAL" else used

    @property
    def estimated(self) -> bool:
        return any(part.estimated for part in self.parts)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A draft with the number that it was written under."""

    id: int
    draft: Draft


def issued(numbered: Iterable[Numbered]) -> list[Numbered]:
    return [each for each in numbered if not each.draft.is_held]
