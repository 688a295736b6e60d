"""What an account is billed, will be billed, and would be billed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry

from api.graphql.error import ClientError, PlainError, user_error
from api.graphql.field import Info, Wanted, field
from api.graphql.history import OWNERS, listed
from api.graphql.scalar import Decimal, Money, kwh, money
from domain import billing
from domain.base import Refusal
from domain.reporting import AccountView, History
from domain.tariff import in_language

from ._bill import BillLine, bill, bill_line
from ._loader import TariffKey, load_tariffs
from ._tariff import AccountTariff, account_tariff

_f = strawberry.field
_SPAN_MAX = timedelta(days=1100)

TariffCode = Annotated[str, strawberry.argument(description="Code of a published tariff.")]
FirstDay = Annotated[date, strawberry.argument(description="First day of the period.")]
UntilDay = Annotated[
    date, strawberry.argument(description="The day after its last one; tomorrow at the latest.")
]


@strawberry.type(description="Where the running period is heading.")
class Forecast:
    first_day: date = _f(description="First day of the running period.")
    until: date = _f(description="The day after its last one.")
    expected: Money = _f(description="The bill that it is heading for.")
    energy: Decimal = _f(description="The energy that it is heading for, in kWh.")
    days_left: int | None = _f(
        description="Whole days that the balance lasts, 366 at most; null: no price so far ahead."
    )
    method: str = _f(
        description="How it was reckoned. AVERAGE_OF_LAST_28_DAYS: use to date, and for each day to"
        " come the average of the days measured; reactive energy likewise; capacity as contracted,"
        " demand as measured so far."
    )
    days_averaged: int = _f(description="How many measured days stand behind it.")
    as_of: datetime = _f(description="The last reading that it goes by.")


@strawberry.type(description="What a period would have cost under another tariff.")
class WhatIf:
    total: Money | None = _f(default=None, description="Sum of the lines; null where refused.")
    energy: Decimal | None = _f(default=None, description="Energy of the period, in kWh.")
    lines: list[BillLine] = _f(default_factory=list, description="The lines of such a bill.")
    refused: PlainError | None = _f(default=None, description="Why it cannot be told, if so.")


@strawberry.type(description="What an account is billed.")
class Billed:
    view: strawberry.Private[AccountView]

    bills = listed(
        History.BILLS,
        bill,
        allow=OWNERS,
        description="Bills that went out, newest first; reversals among them.",
    )

    @field(
        allow=OWNERS,
        description="The bill of the running period and how long the balance lasts; null before a"
        " day is measured, or where there is no price.",
    )
    async def forecast(self, info: Info) -> Forecast | None:  # ruff: ignore[unused-method-argument]
        try:
            found = await billing.forecast(self.view.id)
        except (billing.NoForecast, billing.NotRatable):
            return None
        return Forecast(
            first_day=found.first_day,
            until=found.until,
            expected=money(found.expected_fen),
            energy=kwh(found.expected_wh),
            days_left=found.days_left,
            method=found.method,
            days_averaged=found.days_averaged,
            as_of=found.as_of,
        )

    @field(allow=OWNERS, description="The tariff in force; null without a meter or a tariff.")
    def tariff(self, info: Info) -> Wanted[AccountTariff | None]:
        locale = info.context.locale

        def made(found: billing.TariffInForce | None) -> AccountTariff | None:
            return account_tariff(found, locale) if found else None

        return Wanted(load_tariffs, TariffKey(self.view.id, info.context.now()), made)

    @field(allow=OWNERS, description="What a past period would have cost under another tariff.")
    async def what_if(
        self, info: Info, tariff_code: TariffCode, first_day: FirstDay, until: UntilDay
    ) -> WhatIf:
        latest = info.context.now().date() + timedelta(days=2)
        if until > latest or until - first_day > _SPAN_MAX:
            raise ClientError("BAD_USER_INPUT", "A past period of three years at most.")
        try:
            found = await billing.what_if(
                self.view.id, tariff_code, first_day=first_day, until=until
            )
        except Refusal as refusal:
            return WhatIf(refused=user_error(refusal, info.context.locale))
        lines = await billing.bill_lines(found.parts, found.lines)
        return WhatIf(
            total=money(found.total_fen),
            energy=kwh(found.energy_wh),
            lines=[_line(each, info.context.locale) for each in lines],
        )


def _line(found: billing.BillLine, locale: str) -> BillLine:
    return bill_line(replace(found, title=in_language(found.title or "", locale) or None))
