"""Consumption per hour, day or month, from the differences of the registers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain import metering
from domain.base import rows

Step = Literal["hour", "day", "month"]


@dataclass(frozen=True, slots=True)
class UsageView:
    """What was used from `since` on, for one hour, day or month of the account's zone."""

    since: datetime
    energy_wh: int
    estimated: bool


# A register read at one o'clock closes the hour that ended then, so the instant belongs to it.
# The last reading before the first step is read too: it is what the first one starts from.
_USAGE = f"""
with used as (
  select r.measured_at, r.estimated,
    (r.total_wh - lag(r.total_wh) over w) * {metering.RATIO_THEN} as energy_wh
  from meter m join reading r on r.meter_id = m.id
  where m.account_id = $1 and r.measured_at <= $4 and r.measured_at >= coalesce(
    (select b.measured_at from reading b where b.meter_id = m.id and b.measured_at <= $3
     order by b.measured_at desc limit 1), $3)
  window w as (partition by r.meter_id order by r.measured_at)
)
select step as since, sum(energy_wh)::bigint as energy_wh, bool_or(estimated) as estimated
from used cross join lateral (
  select date_trunc($2, measured_at - interval '1 microsecond', $5) as step) as s
where energy_wh is not null and step >= $3 group by step order by step
"""


async def list_usage(
    account_id: int, *, step: Step, since: datetime, until: datetime, zone: str
) -> tuple[UsageView, ...]:
    """Return the consumption of the account per step, oldest first; silent steps are left out,
    their energy stands in the step in which the meter spoke again.
    """
    found = await rows(_USAGE, account_id, step, since, until, zone)
    return tuple(UsageView(**each) for each in found)
