"""Registers at local midnight (日冻结): a question over the readings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.base import rows

from ._reading import REGISTERS, Registers, registers_in

SLACK = timedelta(minutes=15)
"""What is read so close to an instant counts as read at it; `measured_at` says when it was."""

_NEAREST = f"""
select w.meter_id, t.at, f.measured_at, f.estimated, {", ".join(f"f.{name}" for name in REGISTERS)}
from unnest($1::bigint[]) as w (meter_id) cross join unnest($2::timestamptz[]) as t (at)
cross join lateral (
  select * from reading r where r.meter_id = w.meter_id
  and r.measured_at between t.at - $3::interval and t.at + $3::interval
  order by r.estimated, greatest(r.measured_at - t.at, t.at - r.measured_at), r.measured_at
  limit 1) f
"""


@dataclass(frozen=True, slots=True)
class Freeze:
    """The registers of a meter at the midnight with which a day begins."""

    meter_id: int
    measured_at: datetime
    registers: Registers
    estimated: bool


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the day begins in the zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


async def freezes_of(meter_ids: Collection[int], day: date, *, zone: ZoneInfo) -> dict[int, Freeze]:
    """Return the registers with which the day began, of those meters that have any.

    Measured ones go before estimated ones. Both days meet in this one reading, so a period that is
    cut here loses and doubles nothing.
    """
    found = await readings_near(meter_ids, [midnight(day, zone)])
    return {meter_id: freeze for (meter_id, _), freeze in found.items()}


async def readings_near(
    meter_ids: Collection[int], instants: Collection[datetime]
) -> dict[tuple[int, datetime], Freeze]:
    """Return the registers of each meter at each instant, where there are any."""
    return {
        (found["meter_id"], found["at"]): Freeze(
            found["meter_id"], found["measured_at"], registers_in(found), found["estimated"]
        )
        for found in await rows(_NEAREST, sorted(meter_ids), sorted(instants), SLACK)
    }
