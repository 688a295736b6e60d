"""Quiet hours: when a district's people are left alone."""

import re
from datetime import time

import strawberry

from api.graphql.error import Declined, Payload
from api.graphql.field import Info, mutation
from auth import OPERATORS
from domain import customer, notification

_f = strawberry.field
_FORM = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@strawberry.input(description="Input of setQuietHours.")
class SetQuietHoursInput:
    district_code: str = _f(description="Code of the district.")
    since: str = _f(description="Local time from which messages wait, such as 22:00.")
    until: str = _f(
        description="Local time at which they are sent, such as 08:00; equal to `since`: none wait."
    )


@strawberry.type(description="Answer of setQuietHours.")
class SetQuietHoursPayload(Payload):
    since: str | None = _f(default=None, description="From then on messages wait.")
    until: str | None = _f(default=None, description="Then they are sent.")


@mutation(
    allow=OPERATORS,
    description="Set when messages that can wait (alarms of a low balance) disturb nobody in the"
    " district. Notices before a cut and news of supply and payments are always sent at once.",
)
async def set_quiet_hours(info: Info, input: SetQuietHoursInput) -> SetQuietHoursPayload:
    who = info.context.who
    hours = notification.QuietHours(_time(input.since, "since"), _time(input.until, "until"))
    district_id = await customer.district_by_code(input.district_code)
    if who.district_id not in {None, district_id}:
        raise customer.UnknownDistrict
    await notification.set_quiet_hours(district_id, hours, actor=who.actor, now=info.context.now())
    return SetQuietHoursPayload(since=f"{hours.since:%H:%M}", until=f"{hours.until:%H:%M}")


def _time(given: str, field: str) -> time:
    if not _FORM.fullmatch(given):
        raise Declined("TIME_INVALID", field=field)
    return time.fromisoformat(given)
