"""Energy used by an account, hour by hour, day by day or month by month."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

import strawberry

from api.graphql.billing import PeriodEnergy
from api.graphql.error import ClientError
from api.graphql.scalar import Decimal, kwh
from domain.metering import PERIODS
from domain.reporting import AccountView, Step, UsageView, list_usage

_f = strawberry.field


@strawberry.enum(description="The length of a step of a usage series.")
class UsageStep(Enum):
    HOUR = strawberry.enum_value("hour", description="One hour.")
    DAY = strawberry.enum_value("day", description="One calendar day of the account's zone.")
    MONTH = strawberry.enum_value("month", description="One calendar month of the account's zone.")


_STEPS_MAX = 800
_STEPS: dict[UsageStep, Step] = {
    UsageStep.HOUR: "hour",
    UsageStep.DAY: "day",
    UsageStep.MONTH: "month",
}
_LENGTHS = {
    UsageStep.HOUR: timedelta(hours=1),
    UsageStep.DAY: timedelta(days=1),
    UsageStep.MONTH: timedelta(days=28),
}


@strawberry.type(description="The energy used in one step of a series, and what flowed back.")
class Usage:
    since: datetime = _f(description="Start of the hour, day or month.")
    energy: Decimal = _f(description="Energy used, in kWh.")
    periods: list[PeriodEnergy] = _f(description="The same by period.")
    estimated: bool = _f(description="True where a reading of it was estimated.")
    exported: Decimal = _f(description="Energy that flowed back into the grid (反向有功), in kWh.")
    exported_periods: list[PeriodEnergy] | None = _f(
        description="The same by period; null where no meter of the account tells it."
    )


async def usage_of(
    view: AccountView, *, step: UsageStep, since: datetime, until: datetime
) -> list[Usage]:
    """Return the steps of the series; raises ClientError where it has too many."""
    _check_span(since, until, step)
    found = await list_usage(view.id, step=_STEPS[step], since=since, until=until, zone=view.zone)
    return list(map(_usage, found))


def _usage(view: UsageView) -> Usage:
    back = view.exported_periods_wh
    return Usage(
        since=view.since,
        energy=kwh(view.energy_wh),
        periods=_by_period(view.periods_wh),
        estimated=view.estimated,
        exported=kwh(view.exported_wh),
        exported_periods=_by_period(back) if back else None,
    )


def _by_period(energy_wh: Iterable[int]) -> list[PeriodEnergy]:
    pairs = zip(PERIODS, energy_wh, strict=True)
    return [PeriodEnergy(period=period, energy=kwh(each)) for period, each in pairs]


def _check_span(since: datetime, until: datetime, step: UsageStep) -> None:
    if not timedelta(0) < until - since <= _STEPS_MAX * _LENGTHS[step]:
        raise ClientError("BAD_USER_INPUT", f"A series has at most {_STEPS_MAX} steps.")
