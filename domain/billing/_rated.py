"""Rated: what parts come to, through the tiers, each line with the part that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from domain.base import Refusal
from domain.rating import ChargeLine, Charges, Holder, Terms, rate, terms_of
from domain.tariff import Demand, Tariff

from ._part import Part
from ._piece import restarts


class NotRatable(Refusal):
    """A part can not be rated: `reason` names why."""

    code = "NOT_RATABLE"

    def __init__(self, reason: str, **fields: object) -> None:
        super().__init__("", reason=reason, **fields)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RatedLine:
    """A line of a bill; `part` counts from 0."""

    part: int
    line: ChargeLine


@dataclass(frozen=True)  # no slots: what is summed up is kept
class Rated:
    """`after_wh` is what was charged in the tier cycle when the last part ended."""

    parts: tuple[Part, ...]
    lines: tuple[RatedLine, ...]
    after_wh: int

    @cached_property
    def total_fen(self) -> int:
        return sum(each.line.amount_fen for each in self.lines)

    @property
    def energy_wh(self) -> int:
        return sum(part.energy_wh for part in self.parts)


class Rating:
    """Rates parts; terms that many accounts share are settled once."""

    def __init__(self) -> None:
        self._terms: dict[tuple[int, date, date, Holder], Terms] = {}
        self._kept: list[Tariff] = []
        self._restarts: dict[tuple[int, date, bool], bool] = {}

    def charges(self, part: Part, tariff: Tariff | None) -> Charges:
        """Return what one part comes to. Refusals: NotRatable."""
        if tariff is None:
            raise NotRatable("TARIFF_HOLE", first_day=part.first_day, until=part.until)
        if min(part.periods_wh) < 0:
            raise NotRatable("NEGATIVE", energy_wh=part.energy_wh)
        try:
            return rate(self.terms(tariff, part), part.consumption)
        except Refusal as refused:
            raise NotRatable(refused.code, **refused.fields) from refused

    def prices_demand(self, part: Part, tariff: Tariff) -> bool:
        """Tell whether the part is charged for its demand."""
        return any(isinstance(item.rule, Demand) for item in self.terms(tariff, part).items)

    def restarts(self, tariff: Tariff, day: date, *, begins_period: bool) -> bool:
        """Tell whether tiers start again on this day, on which a part begins."""
        key = (id(tariff), day, begins_period)
        if key not in self._restarts:
            self._kept.append(tariff)  # its id stays its own for as long as it is kept
            self._restarts[key] = restarts(tariff, day, begins_period=begins_period)
        return self._restarts[key]

    def terms(self, tariff: Tariff, part: Part) -> Terms:
        key = (id(tariff), part.first_day, part.until, part.holder)
        if key not in self._terms:
            self._kept.append(tariff)  # its id stays its own for as long as it is kept
            self._terms[key] = terms_of(
                tariff, first_day=part.first_day, until=part.until, holder=part.holder
            )
        return self._terms[key]


def chained(
    parts: Sequence[Part], tariffs: Sequence[Tariff | None], *, before_wh: int, rating: Rating
) -> Rated:
    """Rate the parts one after the other through the tiers, from `before_wh` on.

    Refusals: NotRatable.
    """
    found: list[RatedLine] = []
    counted: list[Part] = []
    for n, (part, tariff) in enumerate(zip(parts, tariffs, strict=True)):
        begins = part.holder.period_from is None
        if tariff is not None and rating.restarts(tariff, part.first_day, begins_period=begins):
            before_wh = 0
        told = part if part.before_wh == before_wh else replace(part, before_wh=before_wh)
        charges = rating.charges(told, tariff)
        counted.append(told)
        found += (RatedLine(n, line) for line in charges.lines if _says_something(line))
        before_wh += charges.charged_wh
    return Rated(tuple(counted), tuple(found), before_wh)


def _says_something(line: ChargeLine) -> bool:
    return bool(line.quantity or line.amount_fen)
