"""Repair requests (报修) as GraphQL objects."""

from datetime import datetime

import strawberry

from api.graphql.field import alike, named, told
from api.graphql.node import Node, told_id
from domain.reporting import RepairView

from ._enum import RepairAnswer, RepairKind, TaskState


@alike("{}")
def _task_state(name: str | None) -> TaskState | None:
    return TaskState[name] if name else None


@alike("coalesce({}, 'DONE') <> 'DONE'")
def _is_open(task_state: str | None) -> bool:
    return task_state not in {None, "DONE"}


@strawberry.type(description="A fault reported by a customer (报修).")
class RepairRequest(Node):
    view: strawberry.Private[RepairView]
    id: strawberry.ID = told_id("RepairRequest")
    number: str = told("view.number", description="Number to be quoted.")
    account_number: str = told("view.account_number", description="The account (户号) it is about.")
    kind: RepairKind = told(
        "view.kind", named(RepairKind, otherwise=RepairKind.OTHER), description="What is broken."
    )
    description: str = told("view.description", description="The customer's words.")
    answer: RepairAnswer = told(
        "view.answer", named(RepairAnswer), description="What the customer was told."
    )
    created_at: datetime = told("view.created_at", description="When it was reported.")
    task_state: TaskState | None = told(
        "view.task_state",
        _task_state,
        description="Where the field task stands, if one was opened.",
    )
    open: bool = told(
        "view.task_state",
        _is_open,
        description="True while somebody is still to come.",
    )


def repair_request(view: RepairView) -> RepairRequest:
    """Return the request as its object."""
    return RepairRequest(view=view)
