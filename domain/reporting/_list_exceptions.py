"""Readings that were held apart, narrowed by the sight of who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Listing, Question, unpacked
from domain.identity import Sight, name_of_actor


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """A report that is neither charged nor used to trip, and why."""

    id: int
    account_id: int
    account_number: str
    meter_serial: str
    rule: str
    measured_at: datetime
    content: Mapping[str, Any]
    created_at: datetime
    resolved_at: datetime | None
    resolution: str | None
    resolved_by: str | None
    reason: str | None


def list_exceptions(
    sight: Sight,
    *,
    limit: int,
    before: int | None = None,
    open_only: bool = True,
    exception_id: int | None = None,
) -> Listing[ExceptionView]:
    """Return held readings of the accounts in sight, newest first."""
    seen, who = sight.accounts()
    whole = Question(
        "select x.id, x.account_id, a.number as account_number, m.serial as meter_serial, x.rule,"
        " x.measured_at, x.content, x.created_at, x.resolved_at,"
        f" x.resolution, {name_of_actor('x.resolved_by')} as resolved_by, x.reason"
        " from reading_exception x"
        " join account a on a.id = x.account_id join meter m on m.id = x.meter_id"
        f" where {seen} and (not $2 or x.resolved_at is null)"
        " and ($3::bigint is null or x.id = $3)",
        (who, open_only, exception_id),
    )
    return Listing(whole, _exception, limit=limit, before=before)


def _exception(found: dict[str, Any]) -> ExceptionView:
    return ExceptionView(**found | {"content": unpacked(found["content"])})
