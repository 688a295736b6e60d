"""Charge control (费控) of an account as a GraphQL object."""

import asyncio

import strawberry

from api.graphql import history
from api.graphql.field import Info, field, told
from api.graphql.history import OWNERS, Guard, Verdict, listed
from domain import charge_control as control
from domain.reporting import AccountView, History


@strawberry.type(description="Charge control (费控) of the account: what it does and why not.")
class ChargeControl:
    view: strawberry.Private[AccountView]
    asked: strawberry.Private[asyncio.Task[control.Decision] | None] = None
    protected: bool = told(
        "view.protected", description="True where the account is never cut (保电)."
    )
    protected_why: str | None = told("view.protected_why", description="Why it is protected.")

    @field(allow=OWNERS, description="What charge control would decide at this moment.")
    async def verdict(self, info: Info) -> Verdict:
        return history.verdict((await _decision(self, info)).verdict)

    @field(allow=OWNERS, description="Every condition of a trip at this moment.")
    async def guards(self, info: Info) -> list[Guard]:
        return _guards((await _decision(self, info)).guards)

    @field(allow=OWNERS, description="Why supply is not cut at this moment: what holds it back.")
    async def why_not(self, info: Info) -> list[Guard]:
        return _guards((await _decision(self, info)).why_not)

    history = listed(
        History.DECISIONS,
        history.decision,
        allow=OWNERS,
        description="Every decision with its evidence, newest first.",
    )


def charge_control(view: AccountView) -> ChargeControl:
    """Return the account's charge control as its object."""
    return ChargeControl(view=view)


def _guards(found: tuple[control.Guard, ...]) -> list[Guard]:
    return [history.guard(each.name, holds=each.holds, evidence=each.evidence) for each in found]


async def _decision(asking: ChargeControl, info: Info) -> control.Decision:
    """Ask once, however many fields want the answer."""
    if asking.asked is None:
        asking.asked = asyncio.create_task(control.why_not(asking.view.id, now=info.context.now()))
    return await asking.asked
