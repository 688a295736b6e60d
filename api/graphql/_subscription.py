"""What can be watched."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from auth import SIGNED_IN
from domain.reporting import account_by

from ._account import Account, account
from ._door import Info, subscription
from ._error import ClientError

_f = strawberry.field
Number = Annotated[str, strawberry.argument(description="Account number (户号).")]


@strawberry.type(description="The account after something about it changed.")
class AccountChange:
    account: Account = _f(description="The account as it now stands.")
    at: datetime = _f(description="The server's business time.")


@subscription(
    allow=SIGNED_IN,
    description="The account now, and again whenever its balance, supply, payments, messages or"
    " decisions change. After a reconnect it starts with the present state, so nothing is missed."
    " It ends with the access token.",
)
async def account_changed(info: Info, number: Number) -> AsyncGenerator[AccountChange, None]:
    context = info.context
    async with context.reading():
        found = await account_by(context.sight, number=number)
    if found is None:
        raise ClientError("NOT_FOUND", "There is no such account.")
    changes = context.services.watch.changes(found.id)
    async with aclosing(changes):
        while found is not None:
            # Strawberry closes the generator when the client leaves, so the watch ends too.
            yield AccountChange(  # ruff: ignore[yield-in-context-manager-in-async-generator]
                account=account(found), at=context.now()
            )
            await _next(changes, within=context.who.expires_at - context.wall())
            # Asked for again each time: whoever lost the right to see it sees no more.
            async with context.reading():
                found = await account_by(context.sight, account_id=found.id)


async def _next(changes: AsyncGenerator[None, None], *, within: timedelta) -> None:
    try:
        async with asyncio.timeout(max(within.total_seconds(), 0)):
            await anext(changes)
    except TimeoutError:
        raise ClientError("UNAUTHENTICATED", "The access token is over.") from None
