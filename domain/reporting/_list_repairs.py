"""Repair requests, narrowed by the sight of who asks."""

from typing import Any

from domain.base import Listing, Question
from domain.identity import Sight

from ._history import SOURCES, History, viewed
from ._history_view import RepairView


def list_repairs(
    sight: Sight, *, limit: int, before: int | None = None, repair_id: int | None = None
) -> Listing[RepairView]:
    """Return repair requests, newest first: a customer's own, or those of the staff's district."""
    seen, who = sight.repairs()
    source = SOURCES[History.REPAIRS]
    whole = Question(
        f"select {source.fields} from {source.tables} where {seen}"
        " and ($2::bigint is null or x.id = $2)",
        (who, repair_id),
    )
    return Listing(whole, _repair, limit=limit, before=before)


def _repair(found: dict[str, Any]) -> RepairView:
    view: RepairView = viewed(History.REPAIRS, tuple(found.values()))
    return view
