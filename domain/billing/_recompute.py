"""Compute a bill again from what it was computed from."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from ._gather import Gathering
from ._load import Loaded, load, load_many
from ._part import Part
from ._rated import NotRatable, RatedLine, Rating, chained
from ._stored import Bill, reversed_line


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A bill beside what its inputs come to today; `is_same`: line by line, to the fen."""

    bill: Bill
    stored: tuple[RatedLine, ...]
    computed: tuple[RatedLine, ...]

    @property
    def is_same(self) -> bool:
        return self.stored == self.computed and self.total_fen == (self.bill.total_fen or 0)

    @property
    def total_fen(self) -> int:
        return sum(each.line.amount_fen for each in self.computed)


async def recompute(bill_id: int) -> Recomputed:
    """Rate the bill's own registers again, under the tariff versions that it names.

    Refusals: UnknownBill; NotRatable where it could not be rated in the first place.
    """
    loaded = await load(bill_id)
    seen = Gathering()
    await seen.versions({part.tariff for part in loaded.parts})
    return _again(loaded, seen, Rating())


async def recompute_many(bill_ids: Collection[int]) -> dict[int, Recomputed]:
    """Rate these bills again; those that do not exist or cannot be rated are left out."""
    found = await load_many(bill_ids)
    seen, rating = Gathering(), Rating()
    await seen.versions({part.tariff for loaded in found for part in loaded.parts})
    answers: dict[int, Recomputed] = {}
    for loaded in found:
        with suppress(NotRatable):
            answers[loaded.bill.id] = _again(loaded, seen, rating)
    return answers


def _again(loaded: Loaded, seen: Gathering, rating: Rating) -> Recomputed:
    lines = lines_of(loaded.parts, seen, rating)
    if loaded.bill.kind == "REVERSAL":
        lines = tuple(map(reversed_line, lines))
    return Recomputed(loaded.bill, loaded.lines, lines)


def lines_of(parts: tuple[Part, ...], seen: Gathering, rating: Rating) -> tuple[RatedLine, ...]:
    """Return the lines of parts as they were counted, each from its own `before_wh`."""
    return tuple(
        RatedLine(n, each.line)
        for n, part in enumerate(parts)
        for each in chained(
            [part], [seen.version(part)], before_wh=part.before_wh, rating=rating
        ).lines
    )
