"""Repair requests, narrowed by the sight of who asks."""

from domain.identity import Sight

from ._history_view import RepairView
from ._list_history import repairs_in


async def list_repairs(
    sight: Sight, *, limit: int, before: int | None = None, repair_id: int | None = None
) -> tuple[RepairView, ...]:
    """Return repair requests: a customer's own, or those of the staff's district."""
    seen, who = sight.repairs()
    return await repairs_in(seen, who, limit=limit, before=before, repair_id=repair_id)
