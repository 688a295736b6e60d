"""What can be watched."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, aclosing, contextmanager
from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.account import Account, account
from api.graphql.error import ClientError
from api.graphql.field import Context, Info, subscription
from api.graphql.field_service import Task, task
from api.graphql.history import Command, CommandState, command
from api.graphql.node import parsed_id
from api.watch import Topic
from auth import INSPECTORS, SIGNED_IN
from domain.reporting import History, account_by, line_of, list_tasks

_f = strawberry.field
Number = Annotated[str, strawberry.argument(description="Account number (户号).")]
CommandId = Annotated[strawberry.ID, strawberry.argument(description="Id of the instruction.")]
Since = Annotated[
    str | None,
    strawberry.argument(
        description="The last `revision` that was heard: the first event tells whether anything"
        " was `missed` after it."
    ),
]
_REVISION_MAX = 64
_TASKS_MAX = 100
_LOOK_S = 2.0
_ENDS = frozenset({
    CommandState.VERIFIED,
    CommandState.FAILED,
    CommandState.EXPIRED,
    CommandState.CANCELED,
    CommandState.SUPERSEDED,
})


@strawberry.interface(description="An event: the present state, and where it stands.")
class Change:
    at: datetime = _f(description="The server's business time.")
    revision: str = _f(
        description="Opaque; keep the last one and give it as `since` after a reconnect."
    )
    missed: bool = _f(
        description="True where something changed after the revision given as `since`; false in"
        " all events but the first."
    )


@strawberry.type(description="The account after something about it changed.")
class AccountChange(Change):
    account: Account = _f(description="The account as it now stands.")


@strawberry.type(description="An instruction after it has come further.")
class CommandChange(Change):
    command: Command = _f(description="The instruction as it now stands.")


@strawberry.type(description="An inspector's tasks after one came, went or moved.")
class TaskChange(Change):
    tasks: list[Task] = _f(description="What is to be done, newest first, at most 100.")


@subscription(
    allow=SIGNED_IN,
    description="The account now, and again whenever its balance, supply, payments, messages or"
    " decisions change. After a reconnect it starts with the present state, so nothing is lost."
    " It ends with the access token, and soon after the session.",
)
async def account_changed(
    info: Info, number: Number, since: Since = None
) -> AsyncGenerator[AccountChange, None]:
    context = info.context
    found = await context.seen(account_by(context.sight, number=number))
    if found is None:
        raise ClientError("NOT_FOUND", "There is no such account.")
    async with aclosing(_marks(context, context.services.watch.accounts, found.id, since)) as marks:
        async for revision, missed in marks:
            # Asked for again each time: whoever lost the right to see it sees no more.
            found = await context.seen(account_by(context.sight, account_id=found.id))
            if found is None:
                return
            yield AccountChange(  # ruff: ignore[yield-in-context-manager-in-async-generator]
                at=context.now(), revision=revision, missed=missed, account=account(found)
            )


@subscription(
    allow=SIGNED_IN,
    description="The instruction now, and again whenever it has come further. It ends when the"
    " instruction does: verified, failed, expired, withdrawn or superseded.",
)
async def command_progressed(
    info: Info, id: CommandId, since: Since = None
) -> AsyncGenerator[CommandChange, None]:
    context, key = info.context, parsed_id(id, "Command")
    lines = History.COMMANDS
    asked = line_of(context.sight, lines, key.id, locale=context.locale) if key else None
    found = await context.seen(asked) if asked else None
    if found is None:
        raise ClientError("NOT_FOUND", "There is no such instruction.")
    async with aclosing(_marks(context, context.services.watch.commands, found.id, since)) as marks:
        async for revision, missed in marks:
            asked = line_of(context.sight, lines, found.id, locale=context.locale)
            found = await context.seen(asked)
            if found is None:
                return
            told = command(found)
            yield CommandChange(  # ruff: ignore[yield-in-context-manager-in-async-generator]
                at=context.now(), revision=revision, missed=missed, command=told
            )
            if told.state in _ENDS:
                return


@subscription(
    allow=INSPECTORS,
    description="The caller's open tasks now, and again whenever one is assigned, taken away or has"
    " moved.",
)
async def tasks_changed(info: Info, since: Since = None) -> AsyncGenerator[TaskChange, None]:
    context = info.context
    person_id = context.who.person_id
    async with aclosing(_marks(context, context.services.watch.tasks, person_id, since)) as marks:
        async for revision, missed in marks:
            asked = list_tasks(context.sight, limit=_TASKS_MAX, open_only=True)
            found = await context.seen(asked)
            yield TaskChange(  # ruff: ignore[yield-in-context-manager-in-async-generator]
                at=context.now(),
                revision=revision,
                missed=missed,
                tasks=[task(each) for each in found],
            )


async def _marks(
    context: Context, topic: Topic, number: int, since: str | None
) -> AsyncGenerator[tuple[str, bool], None]:
    """Yield the present revision, and each that differs; end with the access token.

    Strawberry closes the generators when the client leaves, so the watch ends too.
    """
    if since is not None and len(since) > _REVISION_MAX:
        raise ClientError("CURSOR_INVALID", "`since` is no revision of ours.")
    with _place(context):
        told = await topic.revision(number)
        yield told, since not in {None, told}  # ruff: ignore[yield-in-context-manager-in-async-generator]
        async with aclosing(_while_signed_in(context, topic.changes(number))) as changes:
            async for revision in changes:
                if revision != told:
                    told = revision
                    yield told, False  # ruff: ignore[yield-in-context-manager-in-async-generator]


@contextmanager
def _place(context: Context) -> Generator[None]:
    crowd = context.services.crowd
    with ExitStack() as places:
        places.enter_context(crowd.stream(context.who.person_id))
        if context.connection_params is None:  # over plain HTTP a stream is a connection, too
            places.enter_context(crowd.connection(context.address))
        yield


async def _while_signed_in(
    context: Context, changes: AsyncGenerator[str, None]
) -> AsyncGenerator[str, None]:
    """Yield what `changes` does until the access token is over or its session has ended."""
    expires_at = context.who.expires_at
    awaited = asyncio.ensure_future(anext(changes))
    try:
        while True:
            context.demand_token()
            left_s = (expires_at - context.wall()).total_seconds()
            await asyncio.wait({awaited}, timeout=min(left_s, _LOOK_S))
            if awaited.done():
                yield awaited.result()
                awaited = asyncio.ensure_future(anext(changes))
    finally:
        awaited.cancel()
        await asyncio.gather(awaited, return_exceptions=True)
        await changes.aclose()
