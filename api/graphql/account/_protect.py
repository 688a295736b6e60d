"""Accounts that are kept from being cut (保电)."""

from typing import Any
from uuid import UUID

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, idempotency_key, mutation, once, replayed
from api.graphql.identity import seen_account
from auth import CONTROL
from domain import charge_control
from domain.reporting import account_by

from ._account import Account, account

_f = strawberry.field
_WHY_MAX = 80


@strawberry.input(description="Input of protectAccount.")
class ProtectAccountInput:
    account_number: str = _f(description="Account (户号) to be kept from being cut.")
    why: str = _f(description="The reason, 80 characters at most.")
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of protectAccount.")
class ProtectAccountPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")
    replayed: bool = replayed()


@strawberry.input(description="Input of unprotectAccount.")
class UnprotectAccountInput:
    account_number: str = _f(description="Account (户号) that may be cut again.")
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of unprotectAccount.")
class UnprotectAccountPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")
    replayed: bool = replayed()


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

    async def protect() -> dict[str, Any]:
        await charge_control.protect(found.id, why=why, actor=who.actor, now=info.context.now())
        return {}

    done = await once(info, input, protect)
    return ProtectAccountPayload(account=await _account_now(info, found.id), replayed=done.replayed)


@mutation(allow=CONTROL, description="End the protection of an account.")
async def unprotect_account(info: Info, input: UnprotectAccountInput) -> UnprotectAccountPayload:
    found = await seen_account(info, input.account_number)
    who = info.context.who

    async def unprotect() -> dict[str, Any]:
        await charge_control.unprotect(found.id, actor=who.actor, now=info.context.now())
        return {}

    done = await once(info, input, unprotect)
    return UnprotectAccountPayload(
        account=await _account_now(info, found.id), replayed=done.replayed
    )


async def _account_now(info: Info, account_id: int) -> Account:
    view = await account_by(info.context.sight, account_id=account_id)
    assert view is not None
    return account(view)
