"""What was reported, and what was answered."""

from dataclasses import dataclass
from datetime import datetime

from domain import base

from ._answer import Answer

SELECT = """
select repair_request.id, number, repair_request.account_id, person_id, task_id,
  repair_request.kind, description, answer, repair_request.created_at, task.due_at
from repair_request left join task on task.id = task_id
"""


@dataclass(frozen=True, slots=True)
class Repair:
    """A fault report with its answer; `due_at` is the arrival time of a dispatched one."""

    id: int
    number: str
    account_id: int
    person_id: int
    task_id: int | None
    kind: str
    description: str
    answer: Answer
    created_at: datetime
    due_at: datetime | None


async def repair_of(repair_id: int) -> Repair | None:
    """Return one fault report."""
    found = await _repairs("repair_request.id = $1", repair_id)
    return found[0] if found else None


async def repairs_of(
    account_id: int, *, limit: int = 20, before: int | None = None
) -> tuple[Repair, ...]:
    """Return the account's fault reports, newest first, on from the id `before`."""
    return await _repairs(
        "repair_request.account_id = $1 and ($2::bigint is null or repair_request.id < $2)"
        " order by repair_request.id desc limit $3",
        account_id,
        before,
        limit,
    )


async def find(which: str, value: object) -> Repair:
    """Return the one fault report that must be there."""
    return (await _repairs(which, value))[0]


async def _repairs(which: str, *values: object) -> tuple[Repair, ...]:
    found = await base.rows(f"{SELECT} where {which}", *values)
    return tuple(Repair(**row | {"answer": Answer(row["answer"])}) for row in found)
