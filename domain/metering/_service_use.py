"""What large accounts did besides using energy: the highest demand, and reactive energy (无功)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import rows

from ._curve_of import RATIO_THEN

_LONGEST = timedelta(hours=1)
"""What was measured over more than this tells no demand."""

# What the meters' own registers tell, up to the last time that they told: such a meter lets its
# window slide, and its energy registers may be too coarse for a quarter of an hour.
_TOLD = f"""
select w.account_id, max(r.demand_w * {RATIO_THEN}) as demand_w, max(r.told_at) as until
from w join meter m on m.account_id = w.account_id
cross join lateral (
  select f.meter_id, f.demand_at as measured_at, f.demand_w, f.measured_at as told_at
  from further_reading f where f.meter_id = m.id and f.measured_at > w.since
  and f.demand_at > w.since and f.demand_at <= w.until) r
group by w.account_id
"""

# A reading counts from the last one before the span on, as in a curve. What was measured over less
# than a window is averaged over all of it: two readings in a second tell no demand.
_DEMAND = f"""
with w as (
  select * from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::interval[])
    as w (account_id, since, until, bin)
), told as ({_TOLD}), used as (
  select w.account_id, w.since as first, w.bin, r.measured_at, lag(r.measured_at) over v as since,
    (r.total_wh - lag(r.total_wh) over v) * {RATIO_THEN} as energy_wh
  from w join meter m on m.account_id = w.account_id
  cross join lateral (
    select max(b.measured_at) as at from reading b
    where b.meter_id = m.id and b.measured_at <= w.since) before
  join reading r on r.meter_id = m.id and r.measured_at <= w.until
    and r.measured_at >= coalesce(before.at, w.since)
  window v as (partition by w.account_id, r.meter_id order by r.measured_at)
), step as (
  select account_id, bin, min(since) as since, max(measured_at) as until,
    sum(energy_wh)::bigint as energy_wh
  from used where since is not null and measured_at > first
  group by account_id, bin, date_bin(bin, measured_at - interval '1 microsecond', first)
)
select account_id, max(demand_w) as demand_w from (
  select account_id, demand_w from told
  union all
  select s.account_id,
    s.energy_wh * 3600 / floor(extract(epoch from greatest(s.until - s.since, bin)))::bigint
  from step s left join told t using (account_id)
  where s.until - s.since <= $5::interval and s.until > coalesce(t.until, '-infinity')
) d group by account_id
"""

_REACTIVE = f"""
with w as (
  select * from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[])
    as w (account_id, since, until)
), used as (
  select w.account_id,
    (r.import_varh - lag(r.import_varh) over v) * {RATIO_THEN} as import_varh,
    (r.export_varh - lag(r.export_varh) over v) * {RATIO_THEN} as export_varh
  from w join meter m on m.account_id = w.account_id
  cross join lateral (
    select max(b.measured_at) as at from further_reading b
    where b.meter_id = m.id and b.measured_at <= w.since) before
  join further_reading r on r.meter_id = m.id and r.measured_at <= w.until
    and r.measured_at >= coalesce(before.at, w.since)
  window v as (partition by w.account_id, r.meter_id order by r.measured_at)
)
select account_id, coalesce(sum(import_varh), 0)::bigint as import_varh,
  coalesce(sum(export_varh), 0)::bigint as export_varh
from used where num_nonnulls(import_varh, export_varh) > 0 group by account_id
"""


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """`demand_w`: the highest average of a window (最大需量), 0 where none was measured: what the
    meter's own register tells, and after the last time that it told, what its readings make.

    `reactive_varh`: what flowed in and what flowed back; None where nothing was read that tells.
    """

    demand_w: int = 0
    reactive_varh: tuple[int, int] | None = None


async def service_use(
    asked: Sequence[tuple[int, datetime, datetime, timedelta]],
) -> dict[int, ServiceUse]:
    """Return what each of these accounts did in its own span, named with its two instants; demand
    is averaged over the time named last.

    An account is asked for once only; of whom nothing is known a `ServiceUse()` is returned.
    """
    accounts, since, until, windows = (list(column) for column in zip(*asked, strict=True))
    span = (accounts, since, until)
    demand = {
        each["account_id"]: each["demand_w"]
        for each in await rows(_DEMAND, *span, windows, _LONGEST)
    }
    reactive = {
        each["account_id"]: (each["import_varh"], each["export_varh"])
        for each in await rows(_REACTIVE, *span)
    }
    return {
        account_id: ServiceUse(max(0, demand.get(account_id, 0)), reactive.get(account_id))
        for account_id in accounts
    }
