"""Consumption per hour, day or month, from the differences of the registers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from domain import metering
from domain.base import rows

Step = Literal["hour", "day", "month"]
ByPeriod = tuple[int, int, int, int, int]
"""Wh in each of `metering.PERIODS`."""


@dataclass(frozen=True, slots=True)
class UsageView:
    """What was used from `since` on, for one hour, day or month of the account's zone.

    And what flowed back; `exported_periods_wh` is None where no meter tells it by period.
    """

    since: datetime
    energy_wh: int
    estimated: bool
    periods_wh: ByPeriod = (0, 0, 0, 0, 0)
    exported_wh: int = 0
    exported_periods_wh: ByPeriod | None = None


_PERIODS = tuple(f"{period}_wh" for period in metering.PERIODS)
_EXPORTED = ("export_wh", *metering.EXPORT_PERIODS)
_STEP = "date_trunc($2, measured_at - interval '1 microsecond', $5)"
_NAMES = ("energy_wh", *_PERIODS)

# A register read at one o'clock closes the hour that ended then, so the instant belongs to it.
# The last reading before the first step is read too: it is what the first one starts from.
_USAGE = f"""
with used as (
  select r.measured_at, r.estimated, {
    ", ".join(
        f"(r.{name} - lag(r.{name}) over w) * {metering.RATIO_THEN} as {name}"
        for name in metering.REGISTERS
    )
}
  from meter m join reading r on r.meter_id = m.id
  where m.account_id = $1 and r.measured_at <= $4 and r.measured_at >= coalesce(
    (select b.measured_at from reading b where b.meter_id = m.id and b.measured_at <= $3
     order by b.measured_at desc limit 1), $3)
  window w as (partition by r.meter_id order by r.measured_at)
), back as (
  select r.measured_at, {metering.FURTHER_WAYS}
  from meter m join further_reading r on r.meter_id = m.id
  where m.account_id = $1 and r.measured_at <= $4
  and r.measured_at >= {metering.FURTHER_SINCE.format("$3::timestamptz", "$3")}
), taken as (
  select {_STEP} as since, bool_or(estimated) as estimated,
    {", ".join(f"sum({name})::bigint as {name}" for name in metering.REGISTERS)}
  from used where total_wh is not null group by 1
), given as (
  select {_STEP} as since, {", ".join(f"sum({name})::bigint as {name}" for name in _EXPORTED)}
  from back where measured_at > $3 and export_wh is not null group by 1
)
select since, coalesce(estimated, false) as estimated, coalesce(total_wh, 0) as total_wh,
  {", ".join(f"coalesce({name}, 0) as {name}" for name in _PERIODS)},
  coalesce(export_wh, 0) as export_wh, {", ".join(metering.EXPORT_PERIODS)}
from taken full join given using (since) where since >= $3 order by since
"""


async def list_usage(
    account_id: int, *, step: Step, since: datetime, until: datetime, zone: str
) -> tuple[UsageView, ...]:
    """Return the consumption of the account per step, oldest first; silent steps are left out,
    their energy stands in the step in which the meter spoke again.
    """
    found = await rows(_USAGE, account_id, step, since, until, zone)
    return tuple(map(_usage, found))


def _usage(found: dict[str, Any]) -> UsageView:
    sharp, peak, flat, valley, deep = (found[name] for name in _PERIODS)
    back = [found[name] for name in metering.EXPORT_PERIODS]
    return UsageView(
        since=found["since"],
        energy_wh=found["total_wh"],
        estimated=found["estimated"],
        periods_wh=(sharp, peak, flat, valley, deep),
        exported_wh=found["export_wh"],
        exported_periods_wh=None
        if back[0] is None
        else (back[0], back[1], back[2], back[3], back[4]),
    )
