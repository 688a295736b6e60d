"""Repair requests, narrowed by the sight of who asks."""

from domain.base import records
from domain.identity import Sight

from ._history import SOURCES, History, viewed
from ._history_view import RepairView


async def list_repairs(
    sight: Sight, *, limit: int, before: int | None = None, repair_id: int | None = None
) -> tuple[RepairView, ...]:
    """Return repair requests, newest first: a customer's own, or those of the staff's district."""
    seen, who = sight.repairs()
    source = SOURCES[History.REPAIRS]
    found = await records(
        f"select {source.fields} from {source.tables} where {seen}"
        " and ($2::bigint is null or x.id < $2) and ($4::bigint is null or x.id = $4)"
        " order by x.id desc limit $3",
        who,
        before,
        limit,
        repair_id,
    )
    return tuple(viewed(History.REPAIRS, each) for each in found)
