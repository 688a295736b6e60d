"""What inspectors do with their tasks, and operators who give them out."""

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation
from api.graphql.node import parsed_id
from auth import INSPECTORS, OPERATORS
from domain import identity, worklist
from domain.reporting import TaskView, list_tasks

from ._enum import TaskOutcome
from ._task import Task, task

_f = strawberry.field
_NOTE_MAX = 1000


@strawberry.input(description="Input of startTask.")
class StartTaskInput:
    task_id: strawberry.ID = _f(description="Id of a task assigned to the caller.")


@strawberry.type(description="Answer of startTask.")
class StartTaskPayload(Payload):
    task: Task | None = _f(default=None, description="The task as it now stands.")


@strawberry.input(description="Input of completeTask.")
class CompleteTaskInput:
    task_id: strawberry.ID = _f(description="Id of a task that the caller has started.")
    outcome: TaskOutcome = _f(description="How it ended.")
    note: str = _f(default="", description="What was found and done, 1000 characters at most.")


@strawberry.type(description="Answer of completeTask.")
class CompleteTaskPayload(Payload):
    task: Task | None = _f(default=None, description="The task as it now stands.")


@strawberry.input(description="Input of assignTask.")
class AssignTaskInput:
    task_id: strawberry.ID = _f(description="Id of a task of the caller's district.")
    inspector_phone: str = _f(description="Phone number by which the inspector signs in.")


@strawberry.type(description="Answer of assignTask.")
class AssignTaskPayload(Payload):
    task: Task | None = _f(default=None, description="The task as it now stands.")


async def _seen_task(info: Info, given: str) -> TaskView:
    key = parsed_id(given, "Task")
    found = await list_tasks(info.context.sight, limit=1, task_id=key.id) if key else ()
    if not found:
        raise worklist.TaskUnknown
    return found[0]


@mutation(allow=INSPECTORS, description="Begin a task. Begun already, it stays begun.")
async def start_task(info: Info, input: StartTaskInput) -> StartTaskPayload:
    found = await _seen_task(info, input.task_id)
    await worklist.start(found.id, person_id=info.context.who.person_id, now=info.context.now())
    return StartTaskPayload(task=task(await _seen_task(info, input.task_id)))


@mutation(allow=INSPECTORS, description="Finish a task. Finished alike already, it stays so.")
async def complete_task(info: Info, input: CompleteTaskInput) -> CompleteTaskPayload:
    if len(input.note) > _NOTE_MAX:
        raise Declined("TEXT_TOO_LONG", field="note")
    found = await _seen_task(info, input.task_id)
    await worklist.complete(
        found.id,
        person_id=info.context.who.person_id,
        result={"outcome": input.outcome.name, "note": input.note},
        now=info.context.now(),
    )
    return CompleteTaskPayload(task=task(await _seen_task(info, input.task_id)))


@mutation(allow=OPERATORS, description="Give a task that nobody has started to an inspector.")
async def assign_task(info: Info, input: AssignTaskInput) -> AssignTaskPayload:
    found = await _seen_task(info, input.task_id)
    person = await identity.person_by_phone(input.inspector_phone)
    if (
        person is None
        or person.role != "INSPECTOR"
        or person.district_id not in {None, found.district_id}
    ):
        raise Declined("INSPECTOR_UNKNOWN", field="inspectorPhone")
    await worklist.assign(found.id, assignee_id=person.id)
    return AssignTaskPayload(task=task(await _seen_task(info, input.task_id)))
