"""The bill (电费账单) as a GraphQL object, with everything that explains it."""

from datetime import date, datetime

import strawberry

from domain import billing
from domain.metering import PERIODS
from domain.reporting import BillView
from runtime.settings import settings

from ._bill_enum import BillKind, BillState
from ._door import Info, field
from ._lines import OWNERS
from ._loader import Explained
from ._node import Node, global_id
from ._scalar import Decimal, Money, decimal, kwh, money

_f = strawberry.field


@strawberry.type(description="A line of a bill: quantity times unit price, rounded once.")
class BillLine:
    line: str = _f(description="The line's name in the tariff.")
    rule: str = _f(description="The kind of charge by which it was computed, such as tiers.")
    period: str | None = _f(description="The time-of-use period, if it is for one.")
    tier: int | None = _f(description="The tier, counted from 1, if it is for one.")
    quantity: Decimal = _f(description="What is charged, in `unit`; of %, the amount it is of.")
    unit: str = _f(description="Unit of the quantity, such as kWh, day, month, kVA, kW or %.")
    unit_price: Decimal = _f(description="Price per unit in the currency; of %, the percentage.")
    share: str = _f(description='The share of a month or unit that counts, such as "1" or "10/31".')
    amount: Money = _f(description="The amount of the line.")
    part: int = _f(description="Which of the parts it belongs to, counted from 0.")
    first_day: date = _f(description="First day of that part.")
    until: date = _f(description="The day after the last one of that part.")
    tariff: str = _f(description="Code of the tariff.")
    tariff_version: str = _f(description="The published version that priced it.")


@strawberry.type(description="Energy of one time-of-use period.")
class PeriodEnergy:
    period: str = _f(description="The period: sharp, peak, flat, valley or deep_valley.")
    energy: Decimal = _f(description="Energy used in it, in kWh.")


@strawberry.type(description="What a meter's total register did.")
class RegisterSpan:
    meter_serial: str = _f(description="Serial number of the meter.")
    ratio: int = _f(description="By what the register is multiplied (CT x PT).")
    since: datetime = _f(description="When the first value stood.")
    until: datetime = _f(description="When the last value stood.")
    first: Decimal = _f(description="The first value, in kWh as shown.")
    last: Decimal = _f(description="The last value, in kWh as shown.")
    estimated: bool = _f(description="True where a value was reckoned, not read.")


@strawberry.type(description="A part of the billed period, under one tariff version.")
class BillPart:
    first_day: date = _f(description="Its first day.")
    until: date = _f(description="The day after its last one.")
    tariff: str = _f(description="Code of the tariff.")
    tariff_version: str = _f(description="The published version.")
    tariff_name: str = _f(description="Name of the tariff.")
    source: str = _f(description="The regulation it follows, with its date.")
    tier_used_before: Decimal = _f(description="Used in the tier cycle before it, in kWh.")
    tier_limits: list[Decimal] = _f(description="Where each tier but the last ends, in kWh.")
    periods: list[PeriodEnergy] = _f(description="Energy by time-of-use period.")
    registers: list[RegisterSpan] = _f(description="The registers that it was computed from.")


@strawberry.type(description="The bill computed again from its registers and tariff versions.")
class Recomputation:
    same: bool = _f(description="True where every line and the total are the same to the fen.")
    total: Money = _f(description="What it comes to today.")


@strawberry.type(description="A bill (电费账单) of a period. It is never edited, only reversed.")
class Bill(Node):
    view: strawberry.Private[BillView]
    number: str = _f(description="Number of the bill.")
    account_number: str = _f(description="Account (户号) it is for.")
    kind: BillKind = _f(description="A bill, or what takes one back.")
    state: BillState = _f(description="Where it stands.")
    first_day: date = _f(description="First day of the period, in the account's zone.")
    until: date = _f(description="The day after the last one.")
    total: Money | None = _f(description="Sum of the lines; null where it could not be rated.")
    energy: Decimal = _f(description="Energy of the period, in kWh.")
    estimated: bool = _f(description="True where a register at an end was not read.")
    reasons: list[str] = _f(description="Why it is or was held, such as SPIKE or ZERO.")
    why: str | None = _f(description="What was said when it was released, cancelled or corrected.")
    created_at: datetime = _f(description="When it was computed.")
    issued_at: datetime | None = _f(description="When it went out, if it did.")

    @field(allow=OWNERS, description="The lines; they add up to the total.")
    async def lines(self, info: Info) -> list[BillLine]:
        return [bill_line(each) for each in (await _detail(self, info)).detail.lines]

    @field(allow=OWNERS, description="The parts: versions, tiers and registers behind the lines.")
    async def parts(self, info: Info) -> list[BillPart]:
        found = await _detail(self, info)
        return [_part(each, found.serials) for each in found.detail.parts]

    @field(allow=OWNERS, description="Computed again at this moment; null where it is not ratable.")
    async def recomputed(self, info: Info) -> Recomputation | None:
        found = await info.context.recomputed.load(self.view.id)
        if found is None:
            return None
        return Recomputation(same=found.is_same, total=money(found.total_fen))

    @field(allow=OWNERS, description="The bill that this one reverses or takes the place of.")
    async def original(self, info: Info) -> "Bill | None":
        return await _linked(info, self.view.original_id)

    @field(allow=OWNERS, description="What takes this bill back, if it was corrected (退补).")
    async def reversal(self, info: Info) -> "Bill | None":
        return await _linked(info, self.view.reversal_id)

    @field(allow=OWNERS, description="What took this bill's place, if it was corrected (退补).")
    async def replacement(self, info: Info) -> "Bill | None":
        return await _linked(info, self.view.replacement_id)


def bill(view: BillView) -> Bill:
    """Return the bill as its object."""
    return Bill(
        id=global_id("Bill", view.id),
        view=view,
        number=str(view.id),
        account_number=view.account_number,
        kind=BillKind[view.kind],
        state=BillState[view.state],
        first_day=view.first_day,
        until=view.until,
        total=None if view.total_fen is None else money(view.total_fen),
        energy=kwh(view.energy_wh),
        estimated=view.estimated,
        reasons=list(view.reasons),
        why=view.why,
        created_at=view.created_at,
        issued_at=view.issued_at,
    )


def bill_line(found: billing.BillLine) -> BillLine:
    """Return the line as its object."""
    of_money = found.unit == "%"
    return BillLine(
        line=found.line,
        rule=found.rule,
        period=found.period,
        tier=found.tier,
        quantity=decimal(found.quantity, settings().minor_digits if of_money else 3),
        unit=found.unit,
        unit_price=decimal(found.price, 6 if of_money else 8),
        share=str(found.share),
        amount=money(found.amount_fen),
        part=found.part,
        first_day=found.first_day,
        until=found.until,
        tariff=found.tariff,
        tariff_version=found.version,
    )


def _part(found: billing.BillPart, serials: dict[int, str]) -> BillPart:
    return BillPart(
        first_day=found.first_day,
        until=found.until,
        tariff=found.tariff,
        tariff_version=found.version,
        tariff_name=found.name,
        source=found.source,
        tier_used_before=kwh(found.before_wh),
        tier_limits=[kwh(limit) for limit in found.limits_wh],
        periods=[
            PeriodEnergy(period=period, energy=kwh(wh))
            for period, wh in zip(PERIODS, found.periods_wh, strict=True)
        ],
        registers=[
            RegisterSpan(
                meter_serial=serials[span.meter_id],
                ratio=span.ratio,
                since=span.since,
                until=span.until,
                first=kwh(span.base[0]),
                last=kwh(span.end[0]),
                estimated=span.estimated,
            )
            for span in found.spans
        ],
    )


async def _detail(of: Bill, info: Info) -> Explained:
    return await info.context.explained.load(of.view.id)


async def _linked(info: Info, bill_id: int | None) -> Bill | None:
    view = await info.context.bills_out.load(bill_id) if bill_id else None
    return bill(view) if view else None
