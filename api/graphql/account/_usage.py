"""Energy used by an account, hour by hour, day by day or month by month."""

from datetime import datetime, timedelta
from enum import Enum

import strawberry

from api.graphql.error import ClientError
from api.graphql.scalar import Decimal, kwh
from domain.reporting import AccountView, Step, list_usage

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


@strawberry.type(description="The energy used in one step of a series.")
class Usage:
    since: datetime = _f(description="Start of the hour, day or month.")
    energy: Decimal = _f(description="Energy used, in kWh.")
    estimated: bool = _f(description="True where a reading of it was estimated.")


async def usage_of(
    view: AccountView, *, step: UsageStep, since: datetime, until: datetime
) -> list[Usage]:
    """Return the steps of the series; raises ClientError where it has too many."""
    _check_span(since, until, step)
    found = await list_usage(view.id, step=_STEPS[step], since=since, until=until, zone=view.zone)
    return [Usage(since=u.since, energy=kwh(u.energy_wh), estimated=u.estimated) for u in found]


def _check_span(since: datetime, until: datetime, step: UsageStep) -> None:
    if since.tzinfo is None or until.tzinfo is None:
        raise ClientError("BAD_USER_INPUT", "`since` and `until` need an offset.")
    if not timedelta(0) < until - since <= _STEPS_MAX * _LENGTHS[step]:
        raise ClientError("BAD_USER_INPUT", f"A series has at most {_STEPS_MAX} steps.")
