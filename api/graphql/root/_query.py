"""Everything that can be asked for."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry

from api.graphql import history
from api.graphql.account import Account, Channels, account, entitlement, reading_finding, stated
from api.graphql.billing import bill
from api.graphql.desk import Desk, Switch, desk_node, switches
from api.graphql.field import Info, Wanted, field, needed_of
from api.graphql.field_service import RepairRequest, Task, TaskState, repair_request, task
from api.graphql.history import OWNERS, SupplyState
from api.graphql.identity import (
    Devices,
    OpenSession,
    Role,
    Tablet,
    open_sessions,
    session_of,
    tablets,
)
from api.graphql.metering import Meter, meter
from api.graphql.node import (
    FIRST_DEFAULT,
    After,
    Connection,
    First,
    Node,
    NodeKey,
    key_behind,
    page,
    page_limit,
    paged,
    parsed_id,
)
from auth import ANYBODY, OPERATORS, SIGNED_IN, STAFF, Rule
from domain import reporting
from domain.identity import Sight
from domain.reporting import (
    AccountView,
    History,
    account_by,
    line_of,
    list_bills,
    list_repairs,
    list_tasks,
    meter_by,
)

from ._loader import (
    AccountKey,
    AccountsKey,
    count_accounts,
    load_account,
    load_accounts,
    load_names,
)
from ._rows import ACCOUNT, ACCOUNTS, NAME

_f = strawberry.field

Number = Annotated[str, strawberry.argument(description="Account number (户号).")]
Id = Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
InState = Annotated[
    SupplyState | None, strawberry.argument(description="Only accounts in this supply state.")
]
InTaskState = Annotated[
    TaskState | None, strawberry.argument(description="Only tasks in this state.")
]


@strawberry.type(description="Who is signed in, and what a phone shows first.")
class Viewer(Devices):
    role: Role = _f(description="What the person is.")
    locale: str = _f(description="Language of texts, such as zh-CN.")
    server_time: datetime = _f(description="The server's business time.")

    @field(allow=SIGNED_IN, description="The person's name.", rows=NAME)
    def name(self, info: Info) -> Wanted[str]:
        return Wanted(load_names, info.context.who.person_id, str)

    @field(allow=SIGNED_IN, description="Where the person is signed in, newest first.")
    async def sessions(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[OpenSession]:
        return await open_sessions(info, first, after)

    @field(
        allow=SIGNED_IN,
        description="The accounts that the person may see, oldest first.",
        rows=ACCOUNTS,
    )
    def accounts(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Wanted[Connection[Account]]:
        return _accounts(info, first, after, None)


@strawberry.type(description="The caller's budget: each operation costs what its document can ask.")
class RateLimit:
    limit: int = _f(description="Points that the caller may spend in a minute.")
    remaining: int = _f(description="Points that are left after this operation.")
    reset_at: datetime = _f(description="When the budget is whole again, if nothing is spent.")
    cost: int = _f(description="Points that this operation cost.")


@strawberry.type(description="Everything that can be asked for.")
class Query(Desk, Channels):
    @field(allow=ANYBODY, description="The caller's budget after this operation.")
    def rate_limit(self, info: Info) -> RateLimit:
        spent = info.context.spent
        assert spent is not None
        return RateLimit(
            limit=spent.limit,
            remaining=spent.remaining,
            reset_at=spent.reset_at,
            cost=spent.cost,
        )

    @field(allow=SIGNED_IN, description="Who is signed in, and the home screen.")
    def viewer(self, info: Info) -> Viewer:
        context = info.context
        return Viewer(role=Role[context.who.kind], locale=context.locale, server_time=context.now())

    @field(
        allow=SIGNED_IN,
        description="The account with this number; null where not in sight.",
        rows=ACCOUNT,
    )
    def account(self, info: Info, number: Number) -> Wanted[Account | None]:
        key = AccountKey(info.context.sight, number, needed=needed_of(info))
        return Wanted(load_account, key, _account)

    @field(allow=SIGNED_IN, description="The meter with this number; null where not in sight.")
    async def meter(
        self,
        info: Info,
        serial: Annotated[str, strawberry.argument(description="Serial number of the meter.")],
    ) -> Meter | None:
        found = await meter_by(info.context.sight, serial=serial)
        return meter(found) if found else None

    @field(allow=SIGNED_IN, description="Anything by its id; null where not in sight.")
    async def node(self, info: Info, id: Id) -> Node | None:
        key = parsed_id(id)
        return await node_of(info, key) if key else None

    @field(allow=STAFF, description="Tasks, newest first: one's own, or those of the district.")
    async def tasks(
        self,
        info: Info,
        first: First = FIRST_DEFAULT,
        after: After = None,
        state: InTaskState = None,
    ) -> Connection[Task]:
        asked = partial(list_tasks, info.context.sight, state=state.name if state else None)
        return await paged(asked, task, first=first, after=after)

    @field(allow=STAFF, description="The task with this id; null where not in sight.")
    async def task(self, info: Info, id: Id) -> Task | None:
        key = parsed_id(id, "Task")
        return await _task_of(info.context.sight, key.id) if key else None

    @field(allow=STAFF, description="Repair requests of the district, newest first.")
    async def repair_requests(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[RepairRequest]:
        asked = partial(list_repairs, info.context.sight)
        return await paged(asked, repair_request, first=first, after=after)

    @field(
        allow=OPERATORS,
        description="Accounts of the district, oldest first.",
        rows=ACCOUNTS,
    )
    def accounts(
        self,
        info: Info,
        first: First = FIRST_DEFAULT,
        after: After = None,
        supply_state: InState = None,
    ) -> Wanted[Connection[Account]]:
        return _accounts(info, first, after, supply_state)

    @field(allow=OPERATORS, description="Tablets of the district's inspectors, newest first.")
    async def tablets(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[Tablet]:
        return await tablets(info, first, after)

    @field(allow=OPERATORS, description="The switches of the deployment.")
    async def control_switches(self, info: Info) -> list[Switch]:  # ruff: ignore[unused-method-argument]
        return await switches()


def _account(view: AccountView | None) -> Account | None:
    return account(view) if view else None


def _accounts(
    info: Info, first: int, after: str | None, state: SupplyState | None
) -> Wanted[Connection[Account]]:
    supply = reporting.Supply(state.name) if state else None
    place = page_limit(first), key_behind(after, Account)
    key = AccountsKey(info.context.sight, supply, *place, needed_of(info))

    def made(found: tuple[AccountView, ...]) -> Connection[Account]:
        count = Wanted(count_accounts, key, int)
        return page(found, account, first=first, after=after, count=count)

    return Wanted(load_accounts, key, made)


_LINES: dict[str, tuple[History, Callable[[Any], Node], Rule]] = {
    "Payment": (History.PAYMENTS, history.payment, OWNERS),
    "Refund": (History.REFUNDS, history.refund, OWNERS),
    "Message": (History.MESSAGES, history.message, OWNERS),
    "Decision": (History.DECISIONS, history.decision, OWNERS),
    "Entitlement": (History.ENTITLEMENTS, entitlement, OWNERS),
    "ServiceFacts": (History.SERVICE_FACTS, stated, OWNERS),
    "ReadingFinding": (History.FINDINGS, reading_finding, OPERATORS),
    "SupplyChange": (History.SUPPLY_CHANGES, history.supply_change, SIGNED_IN),
    "Command": (History.COMMANDS, history.command, SIGNED_IN),
}


async def _account_of(sight: Sight, number: int) -> Account | None:
    return _account(await account_by(sight, account_id=number))


async def _meter_of(sight: Sight, number: int) -> Meter | None:
    found = await meter_by(sight, meter_id=number)
    return meter(found) if found else None


async def _task_of(sight: Sight, number: int) -> Task | None:
    found = await list_tasks(sight, limit=1, task_id=number)
    return task(found[0]) if found else None


async def _repair_of(sight: Sight, number: int) -> RepairRequest | None:
    found = await list_repairs(sight, limit=1, repair_id=number)
    return repair_request(found[0]) if found else None


_FOUND: dict[str, Callable[[Sight, int], Awaitable[Node | None]]] = {
    "Account": _account_of,
    "Meter": _meter_of,
    "Task": _task_of,
    "RepairRequest": _repair_of,
}


async def node_of(info: Info, key: NodeKey) -> Node | None:
    """Return what the key stands for if the caller may see it, under the rules of its list."""
    sight = info.context.sight
    if key.kind in _FOUND:
        return await _FOUND[key.kind](sight, key.id)
    if key.kind == "Bill" and OWNERS.allows(info.context.principal):
        bills = await list_bills(sight, limit=1, bill_id=key.id)
        return bill(bills[0]) if bills else None
    if key.kind == "OpenSession":
        return await session_of(info, key.id)
    if key.kind in _LINES:
        kind, made, rule = _LINES[key.kind]
        if not rule.allows(info.context.principal):
            return None
        line = await line_of(sight, kind, key.id, locale=info.context.locale)
        return made(line) if line else None
    return await desk_node(info, key) if OPERATORS.allows(info.context.principal) else None
