"""How the districts are doing (费控统计)."""

import strawberry

from api.graphql.field import Info, Wanted, field, told
from api.graphql.node import (
    FIRST_DEFAULT,
    FIRST_MAX,
    After,
    Connection,
    First,
    Node,
    key_behind,
    page,
    page_limit,
    told_id,
)
from api.graphql.scalar import Decimal, Money, kwh
from auth import OPERATORS
from domain import reporting
from domain.base import Asking, all_of


@strawberry.type(description="How a district is doing (费控统计).")
class DistrictStatistics(Node):
    view: strawberry.Private[reporting.DistrictStatistics]
    id: strawberry.ID = told_id("DistrictStatistics")
    code: str = told("view.code", description="Code of the district.")
    name: str = told("view.name", description="Name of the district.")
    controlled_accounts: int = told(
        "view.controlled_accounts", description="Accounts under charge control."
    )
    accounts_off: int = told(
        "view.accounts_off", description="Accounts whose meter confirmed that supply is off."
    )
    consumption: Decimal = told(
        "view.consumption_wh",
        kwh,
        description="Register energy of the interval, in kWh: from each meter's opening read to its"
        " newest.",
    )
    total_balance: Money = told(
        "view.total_balance_fen", description="Sum of all available balances."
    )
    commands_verified: int = told(
        "view.commands_verified", description="Instructions that showed their effect."
    )
    commands_failed: int = told(
        "view.commands_failed", description="Instructions that failed or expired."
    )


def statistics(view: reporting.DistrictStatistics) -> DistrictStatistics:
    """Return the figures of a district as their object."""
    return DistrictStatistics(view=view)


async def district_node(info: Info, district_id: int) -> DistrictStatistics | None:
    """Return the district with this id, if it is the caller's."""
    found = await reporting.district_statistics(
        info.context.who.district_id, after=district_id - 1, limit=1
    )
    return statistics(found[0]) if found and found[0].id == district_id else None


def _count_districts(own: list[int | None]) -> Asking[list[int]]:
    return (yield from all_of([reporting.ask_district_count(each) for each in own]))


@strawberry.type
class Districts:
    """What an operator's desk has of districts."""

    @field(allow=OPERATORS, description="Statistics of the caller's districts, oldest first.")
    async def districts(
        self, info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Connection[DistrictStatistics]:
        own = info.context.who.district_id
        found = await reporting.district_statistics(
            own, after=key_behind(after, DistrictStatistics), limit=page_limit(first)
        )
        count = Wanted(_count_districts, own, int)
        return page(found, statistics, first=first, after=after, count=count)

    @field(
        allow=OPERATORS, description="Statistics of the caller's districts, of the oldest hundred."
    )
    async def district_statistics(self, info: Info) -> list[DistrictStatistics]:
        who = info.context.who
        found = await reporting.district_statistics(who.district_id, limit=FIRST_MAX)
        return list(map(statistics, found))

    district_statistics.deprecation_reason = "Use districts, which has pages. Gone on 2027-06-01."
