"""Who watches an account, and as what."""

from datetime import datetime
from enum import Enum
from typing import cast

import strawberry

from api.graphql.field import Info
from api.graphql.node import global_id
from domain import identity

_f = strawberry.field


@strawberry.enum(description="What somebody is to an account; it decides what they see and do.")
class AccessRole(Enum):
    HOLDER = strawberry.enum_value(
        "HOLDER", description="Holds the contract: everything, and who else watches."
    )
    FAMILY = strawberry.enum_value("FAMILY", description="Sees everything, pays, reports repairs.")
    TENANT = strawberry.enum_value(
        "TENANT", description="Sees balance, supply and usage, pays, reports repairs."
    )
    CLERK = strawberry.enum_value(
        "CLERK", description="A company's clerk: sees everything and pays."
    )


def role_of(given: AccessRole) -> identity.AccessRole:
    """Return the role as the domain names it."""
    return cast("identity.AccessRole", given.name)


@strawberry.type(description="Somebody who watches an account.")
class Watcher:
    id: strawberry.ID = _f(description="Id of the watcher, for removeWatcher.")
    name: str = _f(
        description="The person's name; empty where it is not known, and to a holder for whoever"
        " was let in by their phone number."
    )
    phone: str = _f(description="Phone number, but for its middle.")
    role: AccessRole = _f(description="What they are to the account.")
    since: datetime = _f(description="Since when they watch it.")
    me: bool = _f(description="True for the caller.")


async def watchers(info: Info, account_id: int) -> list[Watcher]:
    """Return who watches the account: all to its holder and to operators, else the caller only."""
    who = info.context.who
    is_staff = who.kind == "OPERATOR"
    everybody = is_staff or await identity.has_right(who.person_id, account_id, "WATCHERS")
    return [
        Watcher(
            id=global_id("Watcher", found.person_id),
            name="" if found.is_guest and not (is_staff or me) else found.name,
            phone=found.masked_phone,
            role=AccessRole[found.role],
            since=found.granted_at,
            me=me,
        )
        for found in await identity.watchers_of(account_id)
        for me in [not is_staff and found.person_id == who.person_id]
        if everybody or me
    ]
