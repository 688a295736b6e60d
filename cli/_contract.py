"""`feikong contract`: what an account is entitled to and has contracted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import typer

from domain import customer
from domain.customer import Held, ServiceFacts, Stated
from runtime import clock

from ._bill import account_named
from ._session import asked
from ._tariff import By, operator_named

contract = typer.Typer(
    help="Contracts: show, entitle, end an entitlement, state capacity and demand.",
    no_args_is_help=True,
)

Number = Annotated[str, typer.Argument(help="The account's number.")]
Name = Annotated[str, typer.Argument(help="What tariff documents call it, such as household.")]
_DAY = ["%Y-%m-%d"]


@contract.command("show")
def show_command(account: Number) -> None:
    """Show all that an account was, is and will be entitled to, and what it has contracted."""

    async def work() -> tuple[tuple[Held, ...], tuple[Stated, ...]]:
        account_id = await account_named(account)
        held = await customer.entitlements_of(account_id)
        return held, await customer.stated_of(account_id)

    held, stated = asked("contract", work)
    if not held and not stated:
        print(f"{account} is entitled to nothing, and no capacity or demand is stated")
    for each in held:
        print(f"{each.name} {each.count}, from {each.since} until {each.until or 'further notice'}")
    for one in stated:
        facts = one.facts
        capacity, demand = (Decimal(each) / 1000 for each in (facts.capacity_va, facts.declared_w))
        print(f"from {one.since}: capacity {capacity} kVA, declared demand {demand} kW")


@contract.command("entitle")
def entitle_command(
    account: Number,
    name: Name,
    *,
    since: Annotated[datetime, typer.Option(formats=_DAY, help="First day.")],
    by: By,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="The day after the last one.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many, such as persons.")] = 1,
) -> None:
    """Entitle an account: what it is charged to date follows, bills of the past stay."""
    held = Held(name, since.date(), until.date() if until else None, count)

    async def work() -> None:
        account_id = await account_named(account)
        actor = await operator_named(by)
        await customer.grant_entitlement(account_id, held, actor=actor, now=clock.now())

    asked("contract", work)
    print(f"{account} holds {name} {count} from {held.since}")


@contract.command("end")
def end_command(
    account: Number,
    name: Name,
    until: Annotated[
        datetime, typer.Option(formats=_DAY, help="The first day on which it holds no longer.")
    ],
    by: By,
) -> None:
    """End what an account is entitled to."""
    day = until.date()

    async def work() -> None:
        account_id = await account_named(account)
        actor = await operator_named(by)
        await customer.end_entitlement(account_id, name, until=day, actor=actor, now=clock.now())

    asked("contract", work)
    print(f"{account} holds {name} until {day}")


@contract.command("state")
def state_command(
    account: Number,
    since: Annotated[datetime, typer.Option(formats=_DAY, help="First day.")],
    by: By,
    kva: Annotated[str, typer.Option(help="Transformer capacity in kVA.")] = "0",
    kw: Annotated[str, typer.Option(help="Declared maximum demand in kW.")] = "0",
) -> None:
    """State capacity and declared demand from a day on, until others are stated."""
    facts = ServiceFacts(_thousandths(kva), _thousandths(kw))
    day: date = since.date()

    async def work() -> None:
        account_id = await account_named(account)
        actor = await operator_named(by)
        await customer.state_service(account_id, facts, since=day, actor=actor, now=clock.now())

    asked("contract", work)
    print(f"{account}: capacity {kva} kVA, declared demand {kw} kW from {day}")


def _thousandths(given: str) -> int:
    try:
        found = Decimal(given) * 1000
        if 0 <= found < 10**15 and found == int(found):
            return int(found)
    except ArithmeticError:
        pass
    raise typer.BadParameter(f"{given}: not an amount with at most three decimals")
