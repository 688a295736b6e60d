"""The bill (电费账单) as a GraphQL object, with everything that explains it."""

from datetime import date, datetime
from typing import cast

import strawberry

from api.graphql.field import (
    Convert,
    Info,
    Rows,
    Wanted,
    alike,
    field,
    named,
    needed_of,
    sql_of,
    told,
)
from api.graphql.history import OWNERS
from api.graphql.node import Node, told_id
from api.graphql.scalar import Decimal, Money, decimals, kwh, money
from domain import billing
from domain.base import Question
from domain.metering import PERIODS
from domain.reporting import LINE_COLUMNS, BillLineView, BillView, bill_lines_of
from domain.tariff import in_language
from runtime.settings import settings

from ._enum import BillKind, BillState
from ._loader import (
    Explained,
    LinesKey,
    load_bill_lines,
    load_bills_out,
    load_explained,
    load_recomputed,
)

_f = strawberry.field


def _by_unit(at: str, of_percent: Convert, of_unit: Convert) -> Convert:
    """Return what tells a number of a line, where it depends on whether the unit is a percent."""

    sql = f"case left({{unit}}, 1) when '%' then {sql_of(of_percent)} else {sql_of(of_unit)} end"

    @alike(sql.replace("{}", f"{{{at}}}"))
    def told_by(found: billing.BillLine | BillLineView) -> Decimal:
        convert = of_percent if found.unit[0] == "%" else of_unit
        number: Decimal = convert(getattr(found, at))
        return number

    return told_by


@strawberry.type(description="A line of a bill: quantity times unit price, rounded once.")
class BillLine:
    """Behind it stands a line of `billing` or a BillLineView."""

    line: str = told("line", description="The line's name in the tariff.")
    title: str | None = told(
        "title",
        description="What the tariff calls the line, in the caller's language; null: call it by"
        " its rule.",
    )
    rule: str = told(
        "rule", description="The kind of charge by which it was computed, such as tiers."
    )
    period: str | None = told("period", description="The time-of-use period, if it is for one.")
    tier: int | None = told("tier", description="The tier, counted from 1, if it is for one.")
    quantity: Decimal = told(
        "",
        settle=lambda: _by_unit("quantity", decimals(settings().minor_digits), kwh),
        description="What is charged, in `unit`; of %, the amount it is of.",
        uses=("quantity", "unit"),
    )
    unit: str = told(
        "unit", description="Unit of the quantity, such as kWh, day, month, kVA, kW or %."
    )
    unit_price: Decimal = told(
        "",
        _by_unit("price", decimals(6), decimals(8)),
        description="Price per unit in the currency; of %, the percentage.",
        uses=("price", "unit"),
    )
    share: str = told(
        "share",
        str,
        description='The share of a month or unit that counts, such as "1" or "10/31".',
    )
    amount: Money = told("amount_fen", description="The amount of the line.")
    contained: Money = told(
        "contained_fen",
        description="How much of the amount it is of is a tax that the prices contain; it adds"
        " nothing. Zero for all other lines.",
        uses=("quantity", "price", "unit"),
    )
    part: int = told("part", description="Which of the parts it belongs to, counted from 0.")
    first_day: date = told("first_day", description="First day of that part.")
    until: date = told("until", description="The day after the last one of that part.")
    tariff: str = told("tariff", description="Code of the tariff.")
    tariff_version: str = told("version", description="The published version that priced it.")


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
    first_estimated: bool = _f(description="True where the first value was reckoned.")
    last_estimated: bool = _f(description="True where the last value was reckoned.")


@strawberry.type(description="A part of the billed period, under one tariff version.")
class BillPart:
    first_day: date = _f(description="Its first day.")
    until: date = _f(description="The day after its last one.")
    tariff: str = _f(description="Code of the tariff.")
    tariff_version: str = _f(description="The published version.")
    tariff_name: str = _f(description="Name of the tariff, in the caller's language.")
    source: str = _f(description="The regulation it follows, with its date.")
    tier_used_before: Decimal = _f(description="Used in the tier cycle before it, in kWh.")
    tier_limits: list[Decimal] = _f(description="Where each tier but the last ends, in kWh.")
    periods: list[PeriodEnergy] = _f(description="Energy by time-of-use period.")
    registers: list[RegisterSpan] = _f(description="The registers that it was computed from.")


@strawberry.type(description="The bill computed again from its registers and tariff versions.")
class Recomputation:
    same: bool = _f(description="True where every line and the total are the same to the fen.")
    total: Money = _f(description="What it comes to today.")


def _rows_of_lines(info: Info, bill: str) -> Question:
    return bill_lines_of(bill, locale=info.context.locale, needed=needed_of(info))


@strawberry.type(description="A bill (电费账单) of a period. It is never edited, only reversed.")
class Bill(Node):
    view: strawberry.Private[BillView]
    id: strawberry.ID = told_id("Bill")
    number: str = told("view.id", str, description="Number of the bill.")
    account_number: str = told("view.account_number", description="Account (户号) it is for.")
    kind: BillKind = told(
        "view.kind", named(BillKind), description="A bill, or what takes one back."
    )
    state: BillState = told("view.state", named(BillState), description="Where it stands.")
    first_day: date = told(
        "view.first_day", description="First day of the period, in the account's zone."
    )
    until: date = told("view.until", description="The day after the last one.")
    total: Money | None = told(
        "view.total_fen", description="Sum of the lines; null where it could not be rated."
    )
    energy: Decimal = told("view.energy_wh", kwh, description="Energy of the period, in kWh.")
    estimated: bool = told(
        "view.estimated", description="True where a register at an end was not read."
    )
    reasons: list[str] = told(
        "view.reasons", list, description="Why it is or was held, such as SPIKE or ZERO."
    )
    why: str | None = told(
        "view.why", description="What was said when it was released, cancelled or corrected."
    )
    created_at: datetime = told("view.created_at", description="When it was computed.")
    issued_at: datetime | None = told("view.issued_at", description="When it went out, if it did.")
    pdf_path: str = told(
        "view.id",
        "/bills/{}.pdf".format,
        description="Where it is as PDF: GET it with the same `authorization`, with `?lang=en`.",
    )
    json_path: str = told(
        "view.id",
        "/bills/{}.json".format,
        description="Where it is as JSON: GET it with the same `authorization`.",
    )

    @field(
        allow=OWNERS,
        description="The lines; they add up to the total.",
        uses=frozenset({"id", "account_id"}),
        rows=Rows(LINE_COLUMNS, _rows_of_lines, by=("id", "account_id")),
    )
    def lines(self, info: Info) -> Wanted[list[BillLine]]:
        key = LinesKey(self.view, info.context.locale, needed_of(info))
        return Wanted(load_bill_lines, key, _bill_lines)

    @field(allow=OWNERS, description="The parts: versions, tiers and registers behind the lines.")
    def parts(self, info: Info) -> Wanted[list[BillPart]]:
        locale = info.context.locale

        def made(found: Explained) -> list[BillPart]:
            return [_part(each, found.serials, locale) for each in found.detail.parts]

        return Wanted(load_explained, self.view.id, made)

    @field(allow=OWNERS, description="Computed again at this moment; null where it is not ratable.")
    def recomputed(self, info: Info) -> Wanted[Recomputation | None]:  # ruff: ignore[unused-method-argument]
        return Wanted(load_recomputed, self.view.id, _recomputation)

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
    return Bill(view=view)


def bill_line(found: billing.BillLine | BillLineView) -> BillLine:
    """Return the line as its object: the value itself."""
    return cast("BillLine", found)


def _bill_lines(found: list[BillLineView]) -> list[BillLine]:
    return cast("list[BillLine]", found)


def _recomputation(found: billing.Recomputed | None) -> Recomputation | None:
    if found is None:
        return None
    return Recomputation(same=found.is_same, total=money(found.total_fen))


def _part(found: billing.BillPart, serials: dict[int, str], locale: str) -> BillPart:
    return BillPart(
        first_day=found.first_day,
        until=found.until,
        tariff=found.tariff,
        tariff_version=found.version,
        tariff_name=in_language(found.name, locale),
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
                first_estimated=span.base_estimated,
                last_estimated=span.end_estimated,
            )
            for span in found.spans
        ],
    )


async def _linked(info: Info, bill_id: int | None) -> Bill | None:
    if bill_id is None:
        return None
    return await info.context.loaders.load(Wanted(load_bills_out, bill_id, _bill))


def _bill(found: BillView | None) -> Bill | None:
    return found and bill(found)
