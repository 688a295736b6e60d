"""Assign, start and complete a task. Asked for again by the same person, an act is already done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from domain import base
from domain.base import Refusal


class TaskUnknown(Refusal):
    """There is no such task."""

    code: ClassVar[str] = "TASK_UNKNOWN"


class TaskNotYours(Refusal):
    """The task is not assigned to this person."""

    code: ClassVar[str] = "TASK_NOT_YOURS"


class TaskNotOpen(Refusal):
    """The task is in a state in which this cannot be done."""

    code: ClassVar[str] = "TASK_NOT_OPEN"


async def assign(task_id: int, *, assignee_id: int) -> None:
    """Give a task that nobody has started to a person.

    Refuses: TaskUnknown, TaskNotOpen.
    """
    async with base.transaction():
        task = await _locked(task_id)
        if task["state"] not in {"OPEN", "ASSIGNED"}:
            raise TaskNotOpen(state=task["state"])
        await base.run(
            "update task set state = 'ASSIGNED', assignee_id = $2 where id = $1",
            task_id,
            assignee_id,
        )


async def start(task_id: int, *, person_id: int, now: datetime) -> None:
    """Begin one's task.

    Refuses: TaskUnknown, TaskNotYours, TaskNotOpen.
    """
    async with base.transaction():
        task = await _own(task_id, person_id)
        if task["state"] == "STARTED":
            return
        if task["state"] != "ASSIGNED":
            raise TaskNotOpen(state=task["state"])
        await base.run(
            "update task set state = 'STARTED', started_at = $2 where id = $1", task_id, now
        )


async def complete(
    task_id: int, *, person_id: int, result: Mapping[str, object], now: datetime
) -> None:
    """Finish one's started task with what was found and done.

    Refuses: TaskUnknown, TaskNotYours, TaskNotOpen (not started, or done with another result).
    """
    async with base.transaction():
        task = await _own(task_id, person_id)
        if task["state"] == "DONE" and base.unpacked(task["result"]) == dict(result):
            return
        if task["state"] != "STARTED":
            raise TaskNotOpen(state=task["state"])
        await base.run(
            "update task set state = 'DONE', result = $2::jsonb, completed_at = $3 where id = $1",
            task_id,
            base.packed(result),
            now,
        )


async def _locked(task_id: int) -> dict[str, Any]:
    task = await base.row(
        "select state, assignee_id, result from task where id = $1 for update", task_id
    )
    if task is None:
        raise TaskUnknown
    return task


async def _own(task_id: int, person_id: int) -> dict[str, Any]:
    task = await _locked(task_id)
    if task["assignee_id"] != person_id:
        raise TaskNotYours
    return task
