"""What an account holds and has contracted, and how operators say so."""

from datetime import date

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation
from api.graphql.identity import seen_account
from api.graphql.scalar import Decimal, wh
from auth import OPERATORS
from domain import customer
from domain.reporting import AccountView, account_by

from ._account import Account, account
from ._contracted import kilo

_f = strawberry.field
_NUMBER = "Account (户号)."


@strawberry.input(description="Input of grantEntitlement.")
class GrantEntitlementInput:
    account_number: str = _f(description=_NUMBER)
    name: str = _f(description="What tariff documents call it, 40 characters at most.")
    since: date = _f(description="First day.")
    until: date | None = _f(
        default=None, description="The day after the last one; null: until further notice."
    )
    count: int = _f(default=1, description="How many, such as the persons of a household.")


@strawberry.type(description="Answer of grantEntitlement.")
class GrantEntitlementPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")


@strawberry.input(description="Input of endEntitlement.")
class EndEntitlementInput:
    account_number: str = _f(description=_NUMBER)
    name: str = _f(description="What tariff documents call it.")
    until: date = _f(description="The first day on which it holds no longer.")


@strawberry.type(description="Answer of endEntitlement.")
class EndEntitlementPayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")


@strawberry.input(description="Input of stateService.")
class StateServiceInput:
    account_number: str = _f(description=_NUMBER)
    since: date = _f(description="First day; the facts hold until others are stated.")
    capacity: Decimal = _f(default=kilo(0), description="Transformer capacity (受电容量) in kVA.")
    declared_demand: Decimal = _f(
        default=kilo(0), description="Declared maximum demand (核定需量) in kW."
    )


@strawberry.type(description="Answer of stateService.")
class StateServicePayload(Payload):
    account: Account | None = _f(default=None, description="The account as it now stands.")


@mutation(
    allow=OPERATORS,
    description="Entitle an account: a large household, a free quota, a choice. What it is charged"
    " to date follows at once; bills of the past stay.",
)
async def grant_entitlement(info: Info, input: GrantEntitlementInput) -> GrantEntitlementPayload:
    found = await seen_account(info, input.account_number)
    held = customer.Held(input.name, input.since, input.until, input.count)
    await customer.grant_entitlement(
        found.id, held, actor=info.context.who.actor, now=info.context.now()
    )
    return GrantEntitlementPayload(account=account(await _again(info, found)))


@mutation(allow=OPERATORS, description="End what an account is entitled to.")
async def end_entitlement(info: Info, input: EndEntitlementInput) -> EndEntitlementPayload:
    found = await seen_account(info, input.account_number)
    await customer.end_entitlement(
        found.id,
        input.name,
        until=input.until,
        actor=info.context.who.actor,
        now=info.context.now(),
    )
    return EndEntitlementPayload(account=account(await _again(info, found)))


@mutation(
    allow=OPERATORS,
    description="State what a large account has contracted, from a day on: what its tariff asks for"
    " is charged by it from that day.",
)
async def state_service(info: Info, input: StateServiceInput) -> StateServicePayload:
    found = await seen_account(info, input.account_number)
    facts = customer.ServiceFacts(
        _thousandths(input.capacity, field="capacity"),
        _thousandths(input.declared_demand, field="declaredDemand"),
    )
    await customer.state_service(
        found.id,
        facts,
        since=input.since,
        actor=info.context.who.actor,
        now=info.context.now(),
    )
    return StateServicePayload(account=account(await _again(info, found)))


def _thousandths(given: Decimal, *, field: str) -> int:
    try:
        return wh(given, field=field)
    except Declined:
        raise Declined("SERVICE_FACTS_REFUSED", field=field) from None


async def _again(info: Info, found: AccountView) -> AccountView:
    seen = await account_by(info.context.sight, account_id=found.id)
    assert seen is not None
    return seen
