"""Coming to watch an account, and who else does."""

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation
from api.graphql.identity import SECRET_MAX, phone_of, seen_account
from api.graphql.node import parsed_id
from auth import CUSTOMERS, code_matches
from domain import customer, identity

from ._account import Account, account
from ._watcher import AccessRole, role_of

_f = strawberry.field


@strawberry.input(description="Input of requestAccess.")
class RequestAccessInput:
    account_number: str = _f(description="Account (户号) to be watched.")
    role: AccessRole = _f(
        description="What the caller is to it; HOLDER only with the account's own phone on file."
    )


@strawberry.type(description="Answer of requestAccess: the same for unknown accounts.")
class RequestAccessPayload(Payload):
    expires_in_seconds: int | None = _f(
        default=None, description="How long the code is valid, in seconds."
    )


@strawberry.input(description="Input of bindAccount.")
class BindAccountInput:
    account_number: str = _f(description="Account (户号) to be watched.")
    code: str = _f(description="The code that the account's phone on file got.")


@strawberry.type(description="Answer of bindAccount.")
class BindAccountPayload(Payload):
    account: Account | None = _f(default=None, description="The account that is watched now.")


@strawberry.input(description="Input of addWatcher.")
class AddWatcherInput:
    account_number: str = _f(description="Account (户号) that the caller holds.")
    phone: str = _f(description="Phone number of whoever is to watch it.")
    role: AccessRole = _f(description="What they are to it; anything but HOLDER.")


@strawberry.type(description="Answer of addWatcher.")
class AddWatcherPayload(Payload):
    account: Account | None = _f(default=None, description="The account with its watchers.")


@strawberry.input(description="Input of removeWatcher.")
class RemoveWatcherInput:
    account_number: str = _f(description="Account (户号) that the caller holds, or watches.")
    watcher_id: strawberry.ID = _f(description="Id of a watcher; watchers may remove themselves.")


@strawberry.type(description="Answer of removeWatcher.")
class RemoveWatcherPayload(Payload):
    watcher_id: strawberry.ID | None = _f(default=None, description="Whoever watches it no longer.")


@mutation(
    allow=CUSTOMERS,
    description="Ask to watch an account: its phone on file gets a code, and whoever has it tells"
    " the caller, or does not. The answer is the same for unknown accounts.",
)
async def request_access(info: Info, input: RequestAccessInput) -> RequestAccessPayload:
    await customer.ask_access(
        input.account_number,
        person_id=info.context.who.person_id,
        role=role_of(input.role),
        wall=info.context.wall(),
    )
    life = int(customer.ACCESS_CODE_LIFE.total_seconds())
    return RequestAccessPayload(expires_in_seconds=life)


@mutation(allow=CUSTOMERS, description="Watch an account, by the code from its phone on file.")
async def bind_account(info: Info, input: BindAccountInput) -> BindAccountPayload:
    if len(input.code) > SECRET_MAX:
        raise identity.CodeRejected
    await customer.bind(
        info.context.who.person_id,
        input.account_number,
        matches=lambda stored: code_matches(input.code, input.account_number, stored),
        wall=info.context.wall(),
    )
    return BindAccountPayload(account=account(await seen_account(info, input.account_number)))


@mutation(
    allow=CUSTOMERS,
    description="Let somebody else watch an account that the caller holds; they sign in by SMS.",
)
async def add_watcher(info: Info, input: AddWatcherInput) -> AddWatcherPayload:
    if input.role is AccessRole.HOLDER:
        raise Declined("ROLE_FORBIDS", field="role")
    found = await seen_account(info, input.account_number, right="WATCHERS")
    await customer.add_watcher(
        found.id,
        phone_of(input.phone),
        role=role_of(input.role),
        actor=info.context.who.actor,
        wall=info.context.wall(),
    )
    return AddWatcherPayload(account=account(found))


@mutation(allow=CUSTOMERS, description="Let somebody watch an account no longer, or oneself.")
async def remove_watcher(info: Info, input: RemoveWatcherInput) -> RemoveWatcherPayload:
    who, key = info.context.who, parsed_id(input.watcher_id, "Watcher")
    own = key is not None and key.id == who.person_id
    found = await seen_account(info, input.account_number, right="SEE" if own else "WATCHERS")
    if key is None:
        raise identity.WatcherUnknown
    await identity.end_access(key.id, found.id, actor=who.actor, wall=info.context.wall())
    return RemoveWatcherPayload(watcher_id=input.watcher_id)
