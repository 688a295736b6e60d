"""Consumption per hour or day, from the differences of the registers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.base import rows

Step = Literal["hour", "day"]


@dataclass(frozen=True, slots=True)
class UsageView:
    """What was used from `since` on, for one hour or day of the account's zone."""

    since: datetime
    energy_wh: int
    estimated: bool


# A register read at one o'clock closes the hour that ended then, so the instant belongs to it.
# One bucket before the first is read too: its last register is what the first one starts from.
_USAGE = """
with last as (
  select distinct on (r.meter_id, bucket) r.meter_id, r.total_wh, r.estimated,
    date_trunc($2, r.measured_at - interval '1 microsecond', $5) as bucket
  from meter m join reading r on r.meter_id = m.id
  where m.account_id = $1 and r.measured_at > $3::timestamptz - interval '2 days'
    and r.measured_at <= $4
  order by r.meter_id, bucket, r.measured_at desc
), used as (
  select bucket, estimated,
    total_wh - lag(total_wh) over (partition by meter_id order by bucket) as energy_wh
  from last
)
select bucket as since, sum(energy_wh)::bigint as energy_wh, bool_or(estimated) as estimated
from used where energy_wh is not null and bucket >= $3 group by bucket order by bucket
"""


async def list_usage(
    account_id: int, *, step: Step, since: datetime, until: datetime, zone: str
) -> tuple[UsageView, ...]:
    """Return the consumption of the account per step, oldest first; silent steps are left out,
    their energy stands in the step in which the meter spoke again.
    """
    found = await rows(_USAGE, account_id, step, since, until, zone)
    return tuple(UsageView(**each) for each in found)
