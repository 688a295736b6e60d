"""Tariffs as GraphQL objects: that of an account, published versions, drafts."""

from datetime import date, datetime
from itertools import groupby

import orjson
import strawberry

from api.graphql.field import Info, field
from api.graphql.node import Node, global_id
from api.graphql.scalar import Decimal, decimal, kwh
from auth import OPERATORS
from domain import tariff
from domain.billing import TariffInForce
from domain.reporting import TariffDraftView, TariffVersionView

from ._enum import DraftState

_f = strawberry.field


@strawberry.type(description="A price that applies to the account today.")
class TariffPrice:
    line: str = _f(description="The line's name in the tariff.")
    kind: str = _f(description="The kind of charge.")
    period: str | None = _f(description="The time-of-use period, if it is for one.")
    tier: int | None = _f(description="The tier, counted from 1, if it is for one.")
    unit: str = _f(description="What one unit is: kWh, day, month or kVA.")
    price: Decimal = _f(description="Price per unit in the currency, 8 decimals.")


@strawberry.type(description="Hours of a day that belong to one period.")
class PeriodHours:
    period: str = _f(description="The period: sharp, peak, flat, valley or deep_valley.")
    since: str = _f(description='First half hour, such as "08:00".')
    until: str = _f(description='End, such as "22:00" or "24:00".')


@strawberry.type(description="The hours of one kind of day in the present month.")
class DayHours:
    day_kind: str = _f(description="workday, weekend, holiday or hot.")
    hours: list[PeriodHours] = _f(description="All 24 hours, in order.")


@strawberry.type(description="A tier (阶梯) as it is for the account.")
class Tier:
    number: int = _f(description="Counted from 1.")
    up_to: Decimal | None = _f(description="Where it ends, in kWh of the cycle; null: nowhere.")


@strawberry.type(description="The tariff that the account stands under today.")
class AccountTariff:
    code: str = _f(description="Code of the tariff.")
    name: str = _f(description="Name of the tariff, in the caller's language.")
    version: str = _f(description="The published version that holds today.")
    valid_from: date = _f(description="First day of that version.")
    source: str = _f(description="The regulation it follows, with its date.")
    prices: list[TariffPrice] = _f(description="The prices per unit in force today.")
    days: list[DayHours] = _f(description="Which hours are which period; empty: all are alike.")
    tiers: list[Tier] = _f(description="The tiers; empty where there are none.")
    tier: int | None = _f(description="The tier that the account stands in.")
    tier_used: Decimal = _f(description="Used in the tier cycle so far, in kWh.")
    tier_cycle_since: date | None = _f(
        description="When the cycle began; null: the billing period is the cycle, or no tiers."
    )
    tier_cycle_until: date | None = _f(description="When the next cycle begins.")


@strawberry.type(description="A published tariff version. It never changes.")
class TariffVersion(Node):
    code: str = _f(description="Code of the tariff.")
    version: str = _f(description="Name of the version.")
    name: str = _f(description="Name of the tariff, as its document has it.")
    customer: str = _f(description="The class of customers that it is for.")
    valid_from: date = _f(description="First day.")
    until: date | None = _f(description="The day after the last one; null: until further notice.")
    document: str = _f(description="The document, as JSON.")


@strawberry.type(description="One place in which a draft differs from the version before it.")
class TariffChange:
    path: str = _f(description="Where in the document, such as $.charges[0].price.")
    before: str | None = _f(description="What stood there, as JSON; null: nothing.")
    after: str | None = _f(description="What will stand there, as JSON; null: nothing.")


@strawberry.type(description="A tariff that somebody has proposed.")
class TariffDraft(Node):
    draft_id: strawberry.Private[int]
    code: str = _f(description="Code of the tariff.")
    version: str = _f(description="Name of the version.")
    state: DraftState = _f(description="Where it stands.")
    proposed_by: str = _f(description="Who has proposed it; somebody else publishes it.")
    proposed_at: datetime = _f(description="When it was proposed.")
    decided_by: str | None = _f(description="Who has published it or proposed it anew.")
    decided_at: datetime | None = _f(description="When that was.")
    document: str = _f(description="The document, as JSON.")

    @field(
        allow=OPERATORS,
        description="What it changes in the version before it; empty for a first version.",
    )
    async def difference(self, info: Info) -> list[TariffChange]:  # ruff: ignore[unused-method-argument]
        return [
            TariffChange(path=each.path, before=_json(each.before), after=_json(each.after))
            for each in await tariff.changes_of(self.draft_id)
        ]


def _json(content: object) -> str | None:
    return None if content is None else orjson.dumps(content).decode()


def account_tariff(found: TariffInForce, locale: str) -> AccountTariff:
    """Return the tariff of an account as its object, its name in the caller's language."""
    of = found.tariff
    around = of.cycle.around(found.day) if of.cycle else None
    tiers = [*found.limits_wh, None] if found.limits_wh else []
    return AccountTariff(
        code=of.code,
        name=tariff.in_language(of.name, locale),
        version=of.version,
        valid_from=of.valid_from,
        source=f"{of.source.title}, {of.source.date}",
        prices=[price for charge in found.charges for price in _prices(charge)],
        days=_days(of.schedule, found.day.month) if of.schedule else [],
        tiers=[
            Tier(number=n, up_to=None if limit is None else kwh(limit))
            for n, limit in enumerate(tiers, 1)
        ],
        tier=found.tier,
        tier_used=kwh(found.used_wh),
        tier_cycle_since=around and around[0],
        tier_cycle_until=around and around[1],
    )


def _prices(charge: tariff.Charge) -> list[TariffPrice]:
    rule, unit = charge.rule, "kWh"
    found: list[tuple[str | None, int | None, int | None]] = []
    if isinstance(rule, tariff.Matrix):
        found = [
            (period, tier, price)
            for tier, prices in enumerate(rule.prices, 1)
            for period, price in zip(tariff.PERIODS, prices, strict=True)
        ]
    elif isinstance(rule, tariff.Tiers):
        found = [(None, tier, price) for tier, price in enumerate(rule.prices, 1)]
    elif isinstance(rule, tariff.Energy):
        periods = zip(tariff.PERIODS, rule.prices, strict=True)
        found = [(None, None, rule.single), *((period, None, price) for period, price in periods)]
    elif isinstance(rule, tariff.Standing):
        found, unit = [(None, None, rule.price)], rule.unit
    sign = -1 if charge.credit else 1
    return [
        TariffPrice(
            line=charge.line,
            kind=charge.kind,
            period=period,
            tier=tier,
            unit=unit,
            price=decimal(sign * price, tariff.PRICE_DIGITS),
        )
        for period, tier, price in found
        if price is not None
    ]


def _days(schedule: tariff.Schedule, month: int) -> list[DayHours]:
    return [
        DayHours(day_kind=kind, hours=_hours(schedule.slots(month, kind)))
        for kind in tariff.DAY_KINDS
    ]


def _hours(slots: tuple[str, ...]) -> list[PeriodHours]:
    found: list[PeriodHours] = []
    start = 0
    for period, run in groupby(slots):
        end = start + len(list(run))
        found.append(PeriodHours(period=period, since=_clock(start), until=_clock(end)))
        start = end
    return found


def _clock(slot: int) -> str:
    return f"{slot // 2:02}:{slot % 2 * 30:02}"


def tariff_version(view: TariffVersionView) -> TariffVersion:
    """Return the published version as its object."""
    return TariffVersion(
        id=global_id("TariffVersion", view.id),
        code=view.code,
        version=view.version,
        name=view.document["name"],
        customer=view.document["customer"],
        valid_from=view.valid_from,
        until=view.until,
        document=orjson.dumps(view.document).decode(),
    )


def tariff_draft(view: TariffDraftView) -> TariffDraft:
    """Return the draft as its object."""
    return TariffDraft(
        id=global_id("TariffDraft", view.id),
        draft_id=view.id,
        code=view.code,
        version=view.version,
        state=DraftState[view.state],
        proposed_by=view.proposed_by,
        proposed_at=view.proposed_at,
        decided_by=view.decided_by,
        decided_at=view.decided_at,
        document=orjson.dumps(view.document).decode(),
    )
