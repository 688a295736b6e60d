"""What inspectors and operators do."""

import strawberry

from auth import CONTROL, INSPECTORS, OPERATORS
from domain import charge_control, identity, worklist
from domain.reporting import TaskView, account_by, list_tasks

from ._account import Account, account
from ._customer import seen_account
from ._door import Info, mutation
from ._enum import ControlSwitch, TaskOutcome
from ._error import Declined
from ._node import parsed_id
from ._payload import Payload
from ._task import Task, task

_f = strawberry.field
_NOTE_MAX = 1000
_WHY_MAX = 80


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


@strawberry.input(description="Input of protectAccount.")
class ProtectAccountInput:
    account_number: str = _f(description="Account (户号) to be kept from being cut.")
    why: str = _f(description="The reason, 80 characters at most.")


@strawberry.type(description="Answer of protectAccount.")
class ProtectAccountPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")


@strawberry.input(description="Input of unprotectAccount.")
class UnprotectAccountInput:
    account_number: str = _f(description="Account (户号) that may be cut again.")


@strawberry.type(description="Answer of unprotectAccount.")
class UnprotectAccountPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")


@strawberry.input(description="Input of setControlSwitch.")
class SetControlSwitchInput:
    name: ControlSwitch = _f(description="Which switch.")
    on: bool = _f(description="What it shall be.")


@strawberry.type(description="Answer of setControlSwitch.")
class SetControlSwitchPayload(Payload):
    name: ControlSwitch | None = _f(default=None, description="Which switch.")
    on: bool | None = _f(default=None, description="What it now is.")


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


@mutation(
    allow=CONTROL,
    description="Protect an account (保电): unsent trips are cancelled, and power comes back.",
)
async def protect_account(info: Info, input: ProtectAccountInput) -> ProtectAccountPayload:
    why = input.why.strip()
    if not why or len(why) > _WHY_MAX:
        raise Declined("TEXT_TOO_LONG" if why else "WHY_MISSING", field="why")
    found = await seen_account(info, input.account_number)
    who = info.context.who
    await charge_control.protect(found.id, why=why, actor=who.actor, now=info.context.now())
    return ProtectAccountPayload(account=await _account_now(info, found.id))


@mutation(allow=CONTROL, description="End the protection of an account.")
async def unprotect_account(info: Info, input: UnprotectAccountInput) -> UnprotectAccountPayload:
    found = await seen_account(info, input.account_number)
    await charge_control.unprotect(found.id, actor=info.context.who.actor, now=info.context.now())
    return UnprotectAccountPayload(account=await _account_now(info, found.id))


@mutation(
    allow=CONTROL,
    description="Set a switch of the whole deployment; for operators of all districts.",
)
async def set_control_switch(info: Info, input: SetControlSwitchInput) -> SetControlSwitchPayload:
    who = info.context.who
    if who.district_id is not None:
        raise Declined("WHOLE_DEPLOYMENT_ONLY")
    await charge_control.set_switch(
        input.name.name.lower(), input.on, actor=who.actor, now=info.context.now()
    )
    return SetControlSwitchPayload(name=input.name, on=input.on)


async def _account_now(info: Info, account_id: int) -> Account:
    view = await account_by(info.context.sight, account_id=account_id)
    assert view is not None
    return account(view)
