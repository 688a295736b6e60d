"""Tasks, narrowed by the sight of who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Listing, Question, unpacked
from domain.identity import Sight


@dataclass(frozen=True, slots=True)
class TaskView:
    """A piece of human work with the place it is about."""

    id: int
    kind: str
    state: str
    district_id: int
    account_id: int | None
    account_number: str | None
    account_name: str | None
    address: str | None
    meter_serial: str | None
    assignee_id: int | None
    assignee_name: str | None
    detail: Mapping[str, Any]
    result: Mapping[str, Any]
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


_SELECT = """
select t.id, t.kind, t.state, t.district_id, t.account_id, a.number as account_number,
  a.name as account_name, u.address, m.serial as meter_serial, t.assignee_id,
  p.name as assignee_name, t.detail, t.result, t.created_at, t.due_at, t.started_at, t.completed_at
from task t
left join account a on a.id = t.account_id
left join meter m on m.id = t.meter_id
left join usage_point u on u.id = m.usage_point_id
left join person p on p.id = t.assignee_id
"""


def list_tasks(
    sight: Sight,
    *,
    limit: int,
    before: int | None = None,
    state: str | None = None,
    task_id: int | None = None,
    open_only: bool = False,
) -> Listing[TaskView]:
    """Return the tasks in sight, newest first: an inspector's own, or those of the district."""
    seen, who = sight.tasks()
    whole = Question(
        f"{_SELECT} where {seen} and ($2::text is null or t.state = $2)"
        " and ($3::bigint is null or t.id = $3) and (not $4 or t.state <> 'DONE')",
        (who, state, task_id, open_only),
    )
    return Listing(whole, _task, limit=limit, before=before)


def _task(found: dict[str, Any]) -> TaskView:
    facts = {name: unpacked(found[name]) or {} for name in ("detail", "result")}
    return TaskView(**found | facts)
