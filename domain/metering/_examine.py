"""Look for what no single reading shows: meters that stand still, use nothing, or keep silent."""

from collections.abc import Collection
from datetime import datetime, timedelta

from domain.base import rows

from ._rule import FROZEN_INTERVALS, GAP, ZERO_DAYS

# Around the window as much again is read, so that a run or a gap across its edge is seen whole.
_REACH = timedelta(days=1)

_STEPS = """
with step as (
  select meter_id, measured_at as until, lag(measured_at) over w as since,
    total_wh - lag(total_wh) over w as wh
  from reading where meter_id = any($1) and measured_at > $2 and measured_at <= $3
  and not estimated window w as (partition by meter_id order by measured_at)
)"""

_FROZEN = f"""{_STEPS}, marked as (
  select *, row_number() over (partition by meter_id order by until)
    - row_number() over (partition by meter_id, wh, until - since order by until) as run
  from step where since is not null
)
select meter_id, min(since) as since, max(until) as until,
  jsonb_build_object('interval_wh', wh, 'intervals', count(*)) as detail
from marked where wh > 0 group by meter_id, wh, until - since, run
having count(*) >= {FROZEN_INTERVALS}
"""

_GAP = f"""{_STEPS}
select meter_id, since, until, jsonb_build_object('energy_wh', wh) as detail
from step where until - since > $4::interval
union all
select r.meter_id, l.measured_at, $3::timestamptz, '{{}}'::jsonb
from meter_register r cross join lateral (
  select case when not r.estimated then r.measured_at else (
    select b.measured_at from reading b where b.meter_id = r.meter_id and not b.estimated
    order by b.measured_at desc limit 1) end as measured_at) as l
where r.meter_id = any($1) and $3::timestamptz - l.measured_at > $4::interval
"""

_ZERO_USE = """
select r.meter_id, z.measured_at as since, r.measured_at as until,
  jsonb_build_object('total_wh', r.total_wh) as detail
from meter_register r cross join lateral (
  select * from reading b where b.meter_id = r.meter_id
  and b.measured_at <= $3::timestamptz - $4::interval
  order by measured_at desc limit 1) z
where r.meter_id = any($1) and r.measured_at > $2 and z.total_wh = r.total_wh and not r.estimated
"""

_NOTE = """
with found as (%s), noted as (
  insert into reading_finding (meter_id, account_id, rule, since, until, detail, found_at)
  select f.meter_id, m.account_id, $5, f.since, f.until, f.detail, $6
  from found f join meter m on m.id = f.meter_id where m.removed_at is null
  on conflict (meter_id, rule, since) do update
    set until = excluded.until, detail = excluded.detail, closed_at = null
  returning id
), closed as (
  update reading_finding x set closed_at = $6
  where meter_id = any($1) and rule = $5 and closed_at is null and until > $2 and since < $3
  and not exists (select 1 from found f where f.meter_id = x.meter_id and f.since = x.since)
)
select count(*) as found from noted
"""


async def examine(
    meter_ids: Collection[int],
    *,
    since: datetime,
    until: datetime,
    off: Collection[int] = (),
    now: datetime,
) -> int:
    """Note what RULES find in the readings of these meters from `since` to `until`.

    Meters in `off` have their output open: using nothing is right for them. Examining again notes
    nothing twice, and closes what later readings have put right. Returns how much was found.
    """
    ids = sorted(meter_ids)
    on = sorted(set(meter_ids) - set(off))
    zero = timedelta(days=ZERO_DAYS)
    found = 0
    for rule, sql, meters, limit in (
        ("FROZEN", f"{_FROZEN} and $4::interval is null", ids, None),
        ("GAP", _GAP, ids, GAP),
        ("ZERO_USE", _ZERO_USE, on, zero),
    ):
        noted = await rows(_NOTE % sql, meters, since - _REACH, until, limit, rule, now)
        found += noted[0]["found"]
    return found
