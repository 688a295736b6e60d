"""Who has what to do, and until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import base

SELECT = """
select id, kind, district_id, account_id, meter_id, assignee_id, state, detail, result,
  created_at, due_at, started_at, completed_at
from task
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of human work."""

    id: int
    kind: str
    district_id: int
    account_id: int | None
    meter_id: int | None
    assignee_id: int | None
    state: str
    detail: dict[str, Any]
    result: dict[str, Any]
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


async def task_of(task_id: int) -> Task | None:
    """Return one task."""
    found = await _tasks("where id = $1", task_id)
    return found[0] if found else None


async def tasks_of(
    person_id: int, *, limit: int = 20, before: int | None = None, done: bool = False
) -> tuple[Task, ...]:
    """Return a person's unfinished (or `done`) tasks, newest first, on from the id `before`."""
    return await _tasks(
        "where assignee_id = $1 and (state = 'DONE') = $2 and ($3::bigint is null or id < $3)"
        " order by id desc limit $4",
        person_id,
        done,
        before,
        limit,
    )


async def overdue(*, now: datetime, limit: int = 100) -> tuple[Task, ...]:
    """Return unfinished tasks whose time is over, the most urgent first."""
    return await _tasks(
        "where state <> 'DONE' and due_at < $1 order by due_at, id limit $2", now, limit
    )


async def _tasks(which: str, *values: object) -> tuple[Task, ...]:
    found = await base.rows(SELECT + which, *values)
    return tuple(
        Task(
            **row | {"detail": base.unpacked(row["detail"]), "result": base.unpacked(row["result"])}
        )
        for row in found
    )
