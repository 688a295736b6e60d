"""Readings that were held apart, narrowed by the sight of who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import rows, unpacked
from domain.identity import Sight


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


async def list_exceptions(
    sight: Sight,
    *,
    limit: int,
    before: int | None = None,
    open_only: bool = True,
    exception_id: int | None = None,
) -> tuple[ExceptionView, ...]:
    """Return held readings of the accounts in sight, newest first."""
    seen, who = sight.accounts()
    found = await rows(
        "select x.id, x.account_id, a.number as account_number, m.serial as meter_serial, x.rule,"
        " x.measured_at, x.content, x.created_at, x.resolved_at,"
        " x.resolution, x.resolved_by, x.reason from reading_exception x"
        " join account a on a.id = x.account_id join meter m on m.id = x.meter_id"
        f" where {seen} and ($2::bigint is null or x.id < $2) and (not $3 or x.resolved_at is null)"
        " and ($5::bigint is null or x.id = $5) order by x.id desc limit $4",
        who,
        before,
        open_only,
        limit,
        exception_id,
    )
    return tuple(ExceptionView(**each | {"content": unpacked(each["content"])}) for each in found)
