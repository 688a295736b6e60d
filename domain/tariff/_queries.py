"""Which version holds on a day."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from domain.base import Refusal, rows

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


_SPANS = """
select document::text as document, valid_from, valid_to from tariff_version
where code = $1 and valid_from < $2 order by valid_from
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


async def versions_in(code: str, first_day: date, until: date) -> tuple[Span, ...]:
    """Return the versions that hold from `first_day` until (not on) `until`, in order.

    Raises NoTariff where a day has none.
    """
    found = await rows(_SPANS, code, until)
    spans: list[Span] = []
    for each, following in zip(found, [*found[1:], None], strict=True):
        end = following["valid_from"] if following else each["valid_to"] or until
        if first_day < end:
            start = max(first_day, each["valid_from"])
            spans.append(Span(start, min(until, end), _parsed(each["document"])))
    ends = [first_day, *(span.until for span in spans)]
    starts = [*(span.first_day for span in spans), until]
    for day, start in zip(ends, starts, strict=True):
        if day != start:
            raise NoTariff(tariff=code, day=day)
    return tuple(spans)


async def versions_at(codes: list[str], day: date) -> dict[str, Tariff]:
    """Return the versions of several tariffs on `day`, those that have one."""
    return {
        each["code"]: _parsed(each["document"])
        for each in await rows(_PUBLISHED, codes, day)
        if each["valid_to"] is None or day < each["valid_to"]
    }


async def versions_of(codes: list[str]) -> dict[str, tuple[Tariff, ...]]:
    """Return all published versions of these tariffs, in order of validity."""
    found: dict[str, list[Tariff]] = {}
    for each in await rows(_ALL, codes):
        found.setdefault(each["code"], []).append(_parsed(each["document"]))
    return {code: tuple(versions) for code, versions in found.items()}


@lru_cache(maxsize=1024)
def _parsed(document: str) -> Tariff:
    """Return the tariff in a published text; published texts never change, so once is enough."""
    return tariff_of(loaded(document))
