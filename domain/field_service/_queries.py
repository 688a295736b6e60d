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
    """A fault report with its answer; `due_at` is the arrival time of a dispatched one.

    `replayed`: its key had been used before.
    """

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
    replayed: bool = False


async def find(which: str, value: object) -> Repair:
    """Return the one fault report that must be there."""
    found = await base.row(f"{SELECT} where {which}", value)
    assert found is not None
    return Repair(**found | {"answer": Answer(found["answer"])})
