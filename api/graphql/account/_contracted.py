"""What an account holds and has contracted, and what rules noted about its meters."""

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry

from api.graphql.error import ClientError
from api.graphql.field import Info, field, told
from api.graphql.history import OWNERS, Evidence, facts, listed
from api.graphql.node import Node, told_id
from api.graphql.scalar import Decimal, decimals, kwh
from auth import OPERATORS
from domain import metering
from domain.reporting import AccountView, EntitlementView, FindingView, History, StatedView

_f = strawberry.field
kilo = decimals(3)
"""Return VA as kVA, W as kW."""
_POINTS_MAX = 1000
_MINUTES = (15, 30, 60)

Minutes = Annotated[int, strawberry.argument(description="Length of a step: 15, 30 or 60.")]
Since = Annotated[datetime, strawberry.argument(description="First moment, with offset.")]
Until = Annotated[
    datetime, strawberry.argument(description="Last moment, with offset; 1000 steps at most.")
]


@strawberry.type(description="What an account is entitled to for a time: tariffs ask for it.")
class Entitlement(Node):
    view: strawberry.Private[EntitlementView]
    id: strawberry.ID = told_id("Entitlement")
    name: str = told("view.name", description="What tariff documents call it, such as household.")
    since: date = told("view.since", description="First day.")
    until: date | None = told(
        "view.until", description="The day after the last one; null: until further notice."
    )
    count: int = told("view.quantity", description="How many, such as the persons of a household.")


@strawberry.type(description="What a large account has contracted, from a day on.")
class ServiceFacts(Node):
    view: strawberry.Private[StatedView]
    id: strawberry.ID = told_id("ServiceFacts")
    since: date = told("view.since", description="First day; they hold until others are stated.")
    capacity: Decimal = told(
        "view.capacity_va", kilo, description="Transformer capacity (受电容量) in kVA."
    )
    declared_demand: Decimal = told(
        "view.declared_w", kilo, description="Declared maximum demand (核定需量) in kW."
    )


@strawberry.type(description="A step of a load curve (负荷曲线).")
class CurvePoint:
    at: datetime = _f(description="Start of the step.")
    since: datetime = _f(description="Start of what was measured; earlier after a gap.")
    until: datetime = _f(description="End of what was measured.")
    energy: Decimal = _f(description="Energy used, in kWh.")
    estimated: bool = _f(description="True where a reading of it was estimated.")


@strawberry.type(description="What a rule noted about a meter: nothing is held for it.")
class ReadingFinding(Node):
    view: strawberry.Private[FindingView]
    id: strawberry.ID = told_id("ReadingFinding")
    meter_serial: str = told("view.meter_serial", description="Serial number of the meter.")
    rule: str = told("view.rule", description="The rule, such as FROZEN or GAP.")
    since: datetime = told("view.since", description="Start of what it is about.")
    until: datetime = told("view.until", description="End of what it is about.")
    detail: list[Evidence] = told("view.detail", facts, description="The figures behind it.")
    found_at: datetime = told("view.found_at", description="When it was noted.")
    closed_at: datetime | None = told(
        "view.closed_at", description="When later readings put it right."
    )


def entitlement(view: EntitlementView) -> Entitlement:
    """Return the entitlement as its object."""
    return Entitlement(view=view)


def stated(view: StatedView) -> ServiceFacts:
    """Return what was contracted as its object."""
    return ServiceFacts(view=view)


def reading_finding(view: FindingView) -> ReadingFinding:
    """Return the finding as its object."""
    return ReadingFinding(view=view)


@strawberry.type(description="What an account holds and has contracted.")
class Contracted:
    view: strawberry.Private[AccountView]

    entitlements = listed(
        History.ENTITLEMENTS,
        entitlement,
        allow=OWNERS,
        description="All that it was, is and will be entitled to, granted last first.",
    )

    service_facts = listed(
        History.SERVICE_FACTS,
        stated,
        allow=OWNERS,
        description="What was contracted, stated last first; empty: nothing.",
    )

    @field(
        allow=OWNERS, description="The load curve, in steps from `since` on; empty steps left out."
    )
    async def load_curve(
        self,
        info: Info,  # ruff: ignore[unused-method-argument]
        since: Since,
        until: Until,
        minutes: Minutes = 60,
    ) -> list[CurvePoint]:
        if minutes not in _MINUTES:
            raise ClientError("BAD_USER_INPUT", "A step is 15, 30 or 60 minutes long.")
        step = timedelta(minutes=minutes)
        if not timedelta(0) < until - since <= _POINTS_MAX * step:
            raise ClientError("BAD_USER_INPUT", f"A curve has at most {_POINTS_MAX} steps.")
        return [
            CurvePoint(
                at=each.at,
                since=each.since,
                until=each.until,
                energy=kwh(each.energy_wh),
                estimated=each.estimated,
            )
            for each in await metering.curve_of(self.view.id, since=since, until=until, step=step)
        ]

    reading_findings = listed(
        History.FINDINGS,
        reading_finding,
        allow=OPERATORS,
        description="What the rules noted about its meters, newest first.",
    )
    open_reading_findings = listed(
        History.OPEN_FINDINGS,
        reading_finding,
        allow=OPERATORS,
        description="What of that no later reading has put right, newest first.",
    )
