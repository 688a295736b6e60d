"""Tariff versions and drafts, page by page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.base import Listing, Question, unpacked
from domain.identity import name_of_actor
from domain.tariff import Draft


@dataclass(frozen=True, slots=True)
class TariffVersionView:
    """A published version: it holds from `valid_from` until (not on) `until`; None: further on."""

    id: int
    code: str
    version: str
    valid_from: date
    until: date | None
    document: Any


@dataclass(frozen=True, slots=True)
class TariffDraftView(Draft):
    """A proposed document; people are named as far as they still are known."""


_VERSIONS = """
select id, code, version, valid_from, until, document from (
  select id, code, version, valid_from, document,
    least(valid_to, lead(valid_from) over (partition by code order by valid_from)) as until
  from tariff_version where $1::text is null or code = $1) v
where $2::bigint is null or id = $2
"""

_DRAFTS = f"""
select id, code, version, document, state, proposed_at, decided_at,
  {name_of_actor("proposed_by")} as proposed_by, {name_of_actor("decided_by")} as decided_by
from tariff_draft where ($1::bigint is null or id = $1) and (not $2 or state = 'OPEN')
"""


def list_tariff_versions(
    *,
    limit: int,
    before: int | None = None,
    code: str | None = None,
    version_id: int | None = None,
) -> Listing[TariffVersionView]:
    """Return published versions of a tariff, or of all, newest first."""
    whole = Question(_VERSIONS, (code, version_id))
    return Listing(whole, lambda row: TariffVersionView(**_read(row)), limit=limit, before=before)


def list_tariff_drafts(
    *,
    limit: int,
    before: int | None = None,
    draft_id: int | None = None,
    open_only: bool = True,
) -> Listing[TariffDraftView]:
    """Return proposed documents, newest first."""
    whole = Question(_DRAFTS, (draft_id, open_only))
    return Listing(whole, lambda row: TariffDraftView(**_read(row)), limit=limit, before=before)


def _read(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"document": unpacked(found["document"])}
