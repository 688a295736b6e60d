"""The account (户号) as a GraphQL object: what a phone shows first."""

from datetime import datetime, timedelta
from typing import Annotated, cast

import strawberry

from api.graphql import history
from api.graphql.billing import Billed
from api.graphql.field import At, Info, field, named, told
from api.graphql.field_service import repair_request
from api.graphql.history import OWNERS, SupplyState, listed
from api.graphql.node import Node, told_id
from api.graphql.scalar import Decimal, Money, decimal, kwh, money
from auth import SIGNED_IN
from domain import accrual
from domain.reporting import AccountView, History

from ._charge_control import ChargeControl, charge_control
from ._contracted import Contracted
from ._usage import Usage, UsageStep, usage_of
from ._watcher import Watcher, watchers

_f = strawberry.field
_ID = frozenset({"id"})
_BALANCE = frozenset({
    "available_fen",
    "prepaid_fen",
    "receivable_fen",
    "late_fee_fen",
    "unbilled_fen",
    "unbilled_wh",
    "as_of",
    "estimated",
    "daily_fen",
    "closed_at",
    "days_left",
})


def _refundable(view: AccountView) -> Money | None:
    left_fen = max(0, min(view.prepaid_fen, view.available_fen))
    return None if view.closed_at is None else money(left_fen)


@strawberry.type(description="What is left on the account, and what it is made of.")
class Balance:
    """Behind it stands the AccountView."""

    available: Money = told(
        "available_fen", description="prepaid - receivable - late fee - unbilled."
    )
    prepaid: Money = told("prepaid_fen", description="Paid in advance and not yet used (预收).")
    receivable: Money = told("receivable_fen", description="Billed and not yet paid (应收).")
    late_fee: Money = told("late_fee_fen", description="Late fee to date (违约金).")
    unbilled: Money = told(
        "unbilled_fen", description="Used since the last bill, charged to date (测算)."
    )
    unbilled_energy: Decimal = told(
        "unbilled_wh", kwh, description="Energy behind `unbilled`, in kWh."
    )
    as_of: datetime | None = told(
        "as_of", description="The reading up to which it is charged; null: none."
    )
    estimated: bool = told("estimated", description="True where that reading was estimated.")
    daily_cost: Money = told(
        "daily_fen", description="Average cost of a day lately; 0 where not known."
    )
    days_left: int | None = told(
        "days_left",
        description="Whole days that the balance lasts at that cost; null where not known.",
    )
    refundable: Money | None = told(
        "",
        _refundable,
        description="Prepaid money to be given back, once the account is closed (销户); else null."
        " refundAccount books it; it is final once no bill waits for somebody.",
        uses=("closed_at", "prepaid_fen", "available_fen"),
    )


@strawberry.type(description="The supply of the account as its meter confirmed it.")
class Supply:
    """Behind it stands the AccountView."""

    state: SupplyState = told(
        "supply",
        named(SupplyState),
        description="The last confirmed state, never a wished one.",
    )
    reported_at: datetime | None = told("reported_at", description="When the meter reported it.")
    kept: bool = told("keep", description="True where the meter is told to keep supply (保电).")
    alarm: bool = told("alarm", description="True where the meter's low-balance alarm is on.")
    meter_serial: str | None = told(
        "meter_serial", description="Serial number of the meter (电能表)."
    )


@strawberry.type(description="A line of the charges to date.")
class ChargeLine:
    line: str = _f(description="The line's name in the tariff.")
    kind: str = _f(description="The kind of charge.")
    period: str | None = _f(description="The time-of-use period, if it is for one.")
    tier: int | None = _f(description="The tier, counted from 1, if it is for one.")
    quantity: Decimal = _f(description="What is charged, in `unit`.")
    unit: str = _f(description="Unit of the quantity, such as kWh.")
    price: Decimal = _f(description="Price per unit in the currency, 8 decimals.")
    amount: Money = _f(description="The amount of the line.")


@strawberry.type(description="What the open period costs so far (未出账电费).")
class ChargesToDate:
    tariff: str = _f(description="Code of the tariff.")
    since: datetime = _f(description="Start of the open period.")
    as_of: datetime = _f(description="The reading up to which it is charged.")
    lines: list[ChargeLine] = _f(description="The lines; they add up to the total.")
    total: Money = _f(description="The total to date.")


@strawberry.type(description="An account (户号): whose money and whose supply.")
class Account(Node, Billed, Contracted):
    id: strawberry.ID = told_id("Account")
    number: str = told("view.number", description="Account number (户号).")
    name: str = told("view.name", description="Name on the contract.")
    address: str = told("view.address", description="Address of the metered place.")
    district: str = told("view.district_name", description="Name of the supply district.")
    zone: str = told("view.zone", description="Time zone of its days, such as Asia/Shanghai.")
    opened_at: datetime = told("view.opened_at", description="When it was opened.")
    closed_at: datetime | None = told(
        "view.closed_at", description="When it was closed, if it was."
    )
    supply: Supply = told("view", description="Is there power?")

    @field(
        allow=OWNERS,
        description="What is left, and what it is made of.",
        uses=_BALANCE,
        rows=At(),
    )
    def balance(self, info: Info) -> Balance:  # ruff: ignore[unused-method-argument]
        return cast("Balance", self.view)

    @field(allow=OWNERS, description="What the open period costs so far; null without readings.")
    async def charges_to_date(self, info: Info) -> ChargesToDate | None:  # ruff: ignore[unused-method-argument]
        found = await accrual.charges_to_date(self.view.id)
        return None if found is None else charges(found)

    @field(
        allow=OWNERS,
        description="Who watches the account, 20 at most; all but its holder see themselves.",
    )
    async def watchers(self, info: Info) -> list[Watcher]:
        return await watchers(info, self.view.id)

    @field(allow=SIGNED_IN, description="Energy used per hour, day or month, oldest first.")
    async def usage(
        self,
        info: Info,
        step: Annotated[UsageStep, strawberry.argument(description="Hours, days or months.")],
        since: Annotated[
            datetime | None,
            strawberry.argument(description="First moment, with offset; 7 days ago by default."),
        ] = None,
        until: Annotated[
            datetime | None,
            strawberry.argument(description="Last moment, with offset; now by default."),
        ] = None,
    ) -> list[Usage]:
        until = until or info.context.now()
        since = since or until - timedelta(days=7)
        return await usage_of(self.view, step=step, since=since, until=until)

    payments = listed(
        History.PAYMENTS,
        history.payment,
        allow=OWNERS,
        description="Credited payments, newest first.",
    )
    refunds = listed(
        History.REFUNDS,
        history.refund,
        allow=OWNERS,
        description="What was given back after the account was closed, newest first.",
    )
    messages = listed(
        History.MESSAGES,
        history.message,
        allow=OWNERS,
        description="Messages about the account, newest first.",
    )

    @field(
        allow=OWNERS,
        description="Messages that the caller has not marked as read, counted up to 100;"
        " operators leave no marks: 0.",
        uses=frozenset({"unread"}),
        rows=At("unread"),
    )
    def unread_messages(self, info: Info) -> int:  # ruff: ignore[unused-method-argument]
        return self.view.unread

    supply_history = listed(
        History.SUPPLY_CHANGES,
        history.supply_change,
        allow=SIGNED_IN,
        description="Confirmed changes of the supply, newest first.",
    )
    commands = listed(
        History.COMMANDS,
        history.command,
        allow=SIGNED_IN,
        description="Instructions to the meter, newest first.",
    )
    repair_requests = listed(
        History.REPAIRS,
        repair_request,
        allow=SIGNED_IN,
        description="Repair requests, newest first.",
    )
    open_repair_requests = listed(
        History.OPEN_REPAIRS,
        repair_request,
        allow=SIGNED_IN,
        description="Those for which somebody is still to come, newest first.",
    )

    @field(allow=OWNERS, description="What charge control does, and what holds it back.")
    def charge_control(self, info: Info) -> ChargeControl:  # ruff: ignore[unused-method-argument]
        return charge_control(self.view)


def account(view: AccountView) -> Account:
    """Return the account as its object."""
    return Account(view=view)


def charges(found: accrual.ChargesToDate) -> ChargesToDate:
    """Return the charges to date as their object."""
    return ChargesToDate(
        tariff=found.tariff,
        since=found.since,
        as_of=found.as_of,
        lines=[
            ChargeLine(
                line=line.line,
                kind=line.kind,
                period=line.period,
                tier=line.tier,
                quantity=kwh(line.quantity),
                unit=line.unit,
                price=decimal(line.price, 8),
                amount=money(line.amount_fen),
            )
            for line in found.lines
        ],
        total=money(found.total_fen),
    )
