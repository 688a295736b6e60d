"""Group: accounts that stand under the same terms, and how far those reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.base import unpacked
from domain.rating import (
    Contracted,
    Entitlement,
    Holder,
    Terms,
    changes_of,
    cuts_of,
    set_based,
    terms_of,
)
from domain.tariff import Span

NOTED = ("tariff_code", "first_day", "agreed_until", "timezone")
"""What the terms of accounts that hold nothing are told by."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Group:
    """`accounts` are ids with commas. `is_past`: the readings go beyond the days of these terms.

    The part has ended and nobody has moved the accounts on yet: what was used since is charged as
    if the part went on, and marked as estimated. `note` is what the bases of a plain group say
    about its terms: what they are told by, or the id under which that is noted already.
    """

    terms: Terms
    first_day: date
    accounts: str
    is_past: bool = False
    note: Mapping[str, Any] | int | None = None

    @property
    def is_set_based(self) -> bool:
        """Tell whether one statement can rate them: nothing is asked for but energy."""
        return self.terms.is_set_based and not set_based(self.terms).inputs


def plain_group(row: Mapping[str, Any], span: Span) -> Group | None:
    """Return the group of accounts that hold nothing, where it needs no closer look."""
    first_day, today = row["first_day"], row["today"]
    if row["is_entitled"] or _end(row, span, today + _DAY) <= today:
        return None
    terms = terms_of(span.tariff, first_day=first_day)
    note = {name: row[name] for name in NOTED}
    return Group(terms, first_day, row["accounts"], note=note) if terms.is_lasting else None


def noted_group(row: Mapping[str, Any], span: Span) -> Group | None:
    """Return a plain group that is known by its note, while that holds.

    A version that is published for days that have begun may be of another kind.
    """
    if _end(row, span, row["today"] + _DAY) <= row["today"]:
        return None
    terms = terms_of(span.tariff, first_day=row["first_day"])
    group = Group(terms, row["first_day"], "", note=row["terms_id"])
    return group if terms.is_lasting and group.is_set_based else None


def full_group(row: Mapping[str, Any], span: Span) -> Group:
    """Return the group of accounts that were looked at closely: their days, what they hold."""
    first_day, until = row["first_day"], row["until"]
    day = date.fromisoformat
    held = tuple(
        Entitlement(name, day(since), until and day(until), count)
        for name, since, until, count in unpacked(row["holds"]) or ()
    )
    contracted = tuple(
        Contracted(day(since), va, w) for since, va, w in unpacked(row["contracted"]) or ()
    )
    changes = (each for each in changes_of(span.tariff, held, contracted) if each > first_day)
    end = min((_end(row, span, until), *changes))
    holder = Holder(row["opened_on"], row["closed_on"], held, row["period_from"])
    terms = terms_of(span.tariff, first_day=first_day, until=end, holder=holder)
    return Group(terms, first_day, row["accounts"], is_past=end < until)


def _end(row: Mapping[str, Any], span: Span, until: date) -> date:
    """Return the first day on which tariff, season, tier cycle or agreement is another."""
    ends = (until, span.until, row["agreed_until"] or date.max)
    return min((*ends, *cuts_of(span.tariff, row["first_day"], until)))
