"""Human work as a GraphQL object."""

from datetime import datetime

import strawberry

from api.graphql.history import Evidence, facts
from api.graphql.node import Node, global_id
from domain.reporting import TaskView

from ._enum import TaskKind, TaskOutcome, TaskState

_f = strawberry.field


@strawberry.type(description="A piece of field work (工单).")
class Task(Node):
    kind: TaskKind = _f(description="What it is about.")
    state: TaskState = _f(description="Where it stands.")
    account_number: str | None = _f(description="The account (户号) it is about, if any.")
    customer_name: str | None = _f(description="Name on the contract.")
    address: str | None = _f(description="Address of the metered place.")
    meter_serial: str | None = _f(description="Serial number of the meter.")
    assignee: str | None = _f(description="Name of the inspector who has it.")
    detail: list[Evidence] = _f(description="What led to it.")
    created_at: datetime = _f(description="When it was opened.")
    due_at: datetime = _f(description="Until when it has to be done.")
    started_at: datetime | None = _f(description="When it was begun.")
    completed_at: datetime | None = _f(description="When it was finished.")
    outcome: TaskOutcome | None = _f(description="How it ended.")
    note: str | None = _f(description="What the inspector wrote down.")


def task(view: TaskView) -> Task:
    """Return the task as its object."""
    outcome = str(view.result.get("outcome"))
    return Task(
        id=global_id("Task", view.id),
        kind=TaskKind.__members__.get(view.kind, TaskKind.OTHER),
        state=TaskState[view.state],
        account_number=view.account_number,
        customer_name=view.account_name,
        address=view.address,
        meter_serial=view.meter_serial,
        assignee=view.assignee_name,
        detail=facts(view.detail),
        created_at=view.created_at,
        due_at=view.due_at,
        started_at=view.started_at,
        completed_at=view.completed_at,
        outcome=TaskOutcome[outcome] if outcome in TaskOutcome.__members__ else None,
        note=view.result.get("note"),
    )
