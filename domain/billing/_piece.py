"""Piece: days of one version and one footing; where the pieces of a period meet, it is cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.rating import Contracted, Entitlement, changes_of, cuts_of
from domain.tariff import Cycle, Tariff

Versions = Mapping[str, Sequence[Tariff]]
"""The published versions of each tariff, in order of validity."""

_YEAR = Cycle(12)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An account stands under a tariff from `valid_from` until (not on) `valid_to`."""

    tariff: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Footing:
    """What an account is charged by, as far as it changes from day to day; all in order of days."""

    agreed: tuple[Agreed, ...]
    entitlements: tuple[Entitlement, ...] = ()
    contracted: tuple[Contracted, ...] = ()

    def cuts(self, tariff: Tariff, first_day: date, until: date) -> tuple[date, ...]:
        """Return the days inside on which the tariff, or the account under it, is another."""
        found = cuts_of(tariff, first_day, until)
        changes = changes_of(tariff, self.entitlements, self.contracted)
        inside = (day for day in changes if first_day < day < until)
        return tuple(sorted({*found, *inside})) if changes else found


@dataclass(frozen=True, slots=True)
class Piece:
    """`tariff` is None where nobody has said what energy costs on these days."""

    first_day: date
    until: date
    tariff: Tariff | None


def pieces(footing: Footing, versions: Versions, first_day: date, until: date) -> tuple[Piece, ...]:
    """Cut a period where a price, a season, a tier cycle or the agreed tariff changes, or what
    the account holds or has contracted, if the tariff asks for it.
    """
    found: list[Piece] = []
    for piece in _by_version(footing.agreed, versions, first_day, until):
        days = (piece.first_day, piece.until)
        cuts = () if piece.tariff is None else footing.cuts(piece.tariff, *days)
        starts = (piece.first_day, *cuts)
        ends = (*cuts, piece.until)
        found += (Piece(a, b, piece.tariff) for a, b in zip(starts, ends, strict=True))
    return tuple(found)


def restarts(tariff: Tariff, day: date, *, begins_period: bool) -> bool:
    """Tell whether tiers start again on this day, on which a part begins, perhaps its period."""
    cycle = tariff.cycle or _YEAR
    around = cycle.around(day)
    return begins_period if around is None else around[0] == day


def _by_version(
    agreed: Sequence[Agreed], versions: Versions, first_day: date, until: date
) -> Iterator[Piece]:
    edges = {first_day, until}
    for each in agreed:
        edges |= {each.valid_from, each.valid_to or until}
        for version in versions.get(each.tariff, ()):
            edges |= {version.valid_from, version.valid_to or until}
    days = sorted(day for day in edges if first_day <= day <= until)
    start, tariff = first_day, _on(agreed, versions, first_day)
    for day in days[1:]:
        following = _on(agreed, versions, day) if day < until else None
        if following is not tariff or day == until:
            yield Piece(start, day, tariff)
            start, tariff = day, following


def _on(agreed: Sequence[Agreed], versions: Versions, day: date) -> Tariff | None:
    code = next(
        (
            each.tariff
            for each in reversed(agreed)
            if each.valid_from <= day and (each.valid_to is None or day < each.valid_to)
        ),
        None,
    )
    held = [each for each in versions.get(code or "", ()) if each.valid_from <= day]
    if not held or (held[-1].valid_to is not None and held[-1].valid_to <= day):
        return None
    return held[-1]
