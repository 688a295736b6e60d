"""What an account holds and has contracted, and what rules noted about its meters."""

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry

from api.graphql.error import ClientError
from api.graphql.field import Info, Wanted, field
from api.graphql.history import OWNERS, Evidence, facts
from api.graphql.scalar import Decimal, decimal, kwh
from auth import OPERATORS
from domain import customer, metering
from domain.customer import Held, Stated
from domain.reporting import AccountView

_f = strawberry.field
_POINTS_MAX = 1000
_MINUTES = (15, 30, 60)

Minutes = Annotated[int, strawberry.argument(description="Length of a step: 15, 30 or 60.")]
Since = Annotated[datetime, strawberry.argument(description="First moment, with offset.")]
Until = Annotated[
    datetime, strawberry.argument(description="Last moment, with offset; 1000 steps at most.")
]
OpenOnly = Annotated[bool, strawberry.argument(description="Only what later readings left so.")]


@strawberry.type(description="What an account is entitled to for a time: tariffs ask for it.")
class Entitlement:
    name: str = _f(description="What tariff documents call it, such as household.")
    since: date = _f(description="First day.")
    until: date | None = _f(description="The day after the last one; null: until further notice.")
    count: int = _f(description="How many, such as the persons of a household.")


@strawberry.type(description="What a large account has contracted, from a day on.")
class ServiceFacts:
    since: date = _f(description="First day; they hold until others are stated.")
    capacity: Decimal = _f(description="Transformer capacity (受电容量) in kVA.")
    declared_demand: Decimal = _f(description="Declared maximum demand (核定需量) in kW.")


@strawberry.type(description="A step of a load curve (负荷曲线).")
class CurvePoint:
    at: datetime = _f(description="Start of the step.")
    since: datetime = _f(description="Start of what was measured; earlier after a gap.")
    until: datetime = _f(description="End of what was measured.")
    energy: Decimal = _f(description="Energy used, in kWh.")
    estimated: bool = _f(description="True where a reading of it was estimated.")


@strawberry.type(description="What a rule noted about a meter: nothing is held for it.")
class ReadingFinding:
    meter_serial: str = _f(description="Serial number of the meter.")
    rule: str = _f(description="The rule, such as FROZEN or GAP.")
    since: datetime = _f(description="Start of what it is about.")
    until: datetime = _f(description="End of what it is about.")
    detail: list[Evidence] = _f(description="The figures behind it.")
    found_at: datetime = _f(description="When it was noted.")
    closed_at: datetime | None = _f(description="When later readings put it right.")


@strawberry.type(description="What an account holds and has contracted.")
class Contracted:
    view: strawberry.Private[AccountView]

    @field(allow=OWNERS, description="All that it was, is and will be entitled to, oldest first.")
    def entitlements(self, info: Info) -> Wanted[list[Entitlement]]:  # ruff: ignore[unused-method-argument]
        return Wanted(_load_entitlements, self.view.id, _entitlements)

    @field(allow=OWNERS, description="What was contracted, newest first; empty: nothing.")
    def service_facts(self, info: Info) -> Wanted[list[ServiceFacts]]:  # ruff: ignore[unused-method-argument]
        return Wanted(_load_stated, self.view.id, _stated)

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
        if since.tzinfo is None or until.tzinfo is None:
            raise ClientError("BAD_USER_INPUT", "`since` and `until` need an offset.")
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

    @field(allow=OPERATORS, description="What the rules noted about its meters, newest 1000 first.")
    async def reading_findings(
        self,
        info: Info,  # ruff: ignore[unused-method-argument]
        *,
        open_only: OpenOnly = True,
    ) -> list[ReadingFinding]:
        found = await metering.findings_of(self.view.id, open_only=open_only)
        serials = await metering.serials_of({each.meter_id for each in found})
        return [
            ReadingFinding(
                meter_serial=serials[each.meter_id],
                rule=each.rule,
                since=each.since,
                until=each.until,
                detail=facts(each.detail),
                found_at=each.found_at,
                closed_at=each.closed_at,
            )
            for each in found
        ]


async def _load_entitlements(account_ids: list[int]) -> list[tuple[Held, ...]]:
    found = await customer.entitlements_of_many(account_ids)
    return [found.get(each, ()) for each in account_ids]


async def _load_stated(account_ids: list[int]) -> list[tuple[Stated, ...]]:
    found = await customer.stated_of_many(account_ids)
    return [found.get(each, ()) for each in account_ids]


def _entitlements(held: tuple[Held, ...]) -> list[Entitlement]:
    return [
        Entitlement(name=each.name, since=each.since, until=each.until, count=each.count)
        for each in held
    ]


def _stated(found: tuple[Stated, ...]) -> list[ServiceFacts]:
    return [
        ServiceFacts(
            since=each.since,
            capacity=kilo(each.facts.capacity_va),
            declared_demand=kilo(each.facts.declared_w),
        )
        for each in found
    ]


def kilo(units: int) -> Decimal:
    """Return VA as kVA, W as kW."""
    return decimal(units, 3)
