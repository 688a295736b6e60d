"""Which version holds on a day."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from domain.base import Refusal, row, rows, unpacked, value

from ._difference import Change, difference
from ._draft import Draft, DraftUnknown
from ._node import loaded
from ._tariff import Tariff, tariff_of

_PUBLISHED = """
select distinct on (code) code, document::text as document, valid_to from tariff_version
where code = any($1) and valid_from <= $2 order by code, valid_from desc
"""


_ALL = """
select code, document::text as document from tariff_version
where code = any($1) order by code, valid_from
"""


_HELD = """
select code, document::text as document, valid_from, until from (
  select code, document, valid_from, least(valid_to, lead(valid_from) over w) as until
  from tariff_version window w as (partition by code order by valid_from)) v
"""

_DRAFT = """
select id, code, version, document, state, proposed_by, proposed_at, decided_by, decided_at
from tariff_draft
"""

_CHANGED = """
select d.document as after, v.document as before
from tariff_draft d left join lateral (
  select document from tariff_version v
  where v.code = d.code and v.valid_from < (d.document->>'valid_from')::date
  order by valid_from desc limit 1) v on true
where d.id = $1
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days, `until` not included, on which one version holds."""

    first_day: date
    until: date
    tariff: Tariff


class NoTariff(Refusal):
    """No published version of that tariff holds on that day."""

    code = "NO_TARIFF"


async def version_at(code: str, day: date) -> Tariff:
    """Return the version of the tariff that holds on `day`; raises NoTariff where none does."""
    found = await versions_at([code], day)
    if code not in found:
        raise NoTariff(tariff=code, day=day)
    return found[code]


async def versions_at(codes: list[str], day: date) -> dict[str, Tariff]:
    """Return the versions of several tariffs on `day`, those that have one."""
    return {
        each["code"]: _parsed(each["document"])
        for each in await rows(_PUBLISHED, codes, day)
        if each["valid_to"] is None or day < each["valid_to"]
    }


async def spans_at(codes: list[str], day: date) -> dict[str, Span]:
    """Return the versions of several tariffs on `day`, with all the days on which each holds.

    One that holds until further notice is said to hold until `date.max`.
    """
    held = "where code = any($1) and valid_from <= $2 and (until is null or $2 < until)"
    found = await rows(f"{_HELD} {held}", codes, day)
    return {each["code"]: _span(each) for each in found}


async def versions_of(codes: list[str]) -> dict[str, tuple[Tariff, ...]]:
    """Return all published versions of these tariffs, in order of validity."""
    found: dict[str, list[Tariff]] = {}
    for each in await rows(_ALL, codes):
        found.setdefault(each["code"], []).append(_parsed(each["document"]))
    return {code: tuple(versions) for code, versions in found.items()}


async def published(code: str | None = None) -> tuple[Span, ...]:
    """Return the published versions of a tariff (or of all), and the days on which each holds."""
    named = "where $1::text is null or code = $1 order by code, valid_from"
    return tuple(map(_span, await rows(f"{_HELD} {named}", code)))


async def document_at(code: str, version: str) -> Any:
    """Return the published document of a version. Refusals: NoTariff."""
    found = await value(
        "select document from tariff_version where code = $1 and version = $2", code, version
    )
    if found is None:
        raise NoTariff(tariff=code, version=version)
    return unpacked(found)


async def drafts() -> tuple[Draft, ...]:
    """Return the drafts that wait for a second person, oldest first."""
    return tuple(map(_draft, await rows(f"{_DRAFT} where state = 'OPEN' order by id")))


async def changes_of(draft_id: int) -> tuple[Change, ...]:
    """Return what a draft changes in the version that holds before its own first day.

    Nothing, where it is the tariff's first version. Refusals: DraftUnknown.
    """
    found = await row(_CHANGED, draft_id)
    if found is None:
        raise DraftUnknown(draft=draft_id)
    before, after = found["before"], found["after"]
    return () if before is None else difference(unpacked(before), unpacked(after))


async def draft_of(draft_id: int) -> Draft:
    """Return the draft. Refusals: DraftUnknown."""
    found = await row(f"{_DRAFT} where id = $1", draft_id)
    if found is None:
        raise DraftUnknown(draft=draft_id)
    return _draft(found)


def _span(found: dict[str, Any]) -> Span:
    return Span(found["valid_from"], found["until"] or date.max, _parsed(found["document"]))


def _draft(found: dict[str, Any]) -> Draft:
    return Draft(**found | {"document": unpacked(found["document"])})


@lru_cache(maxsize=1024)
def _parsed(document: str) -> Tariff:
    """Return the tariff in a published text; published texts never change, so once is enough."""
    return tariff_of(loaded(document))
