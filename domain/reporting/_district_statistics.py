"""How the districts are doing (费控统计)."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import Asking, Question, rows

from ._account_view import SUPPLY_SQL


@dataclass(frozen=True, slots=True)
class DistrictStatistics:
    """The figures of a district.

    Accounts under charge control stand under what their meter confirmed last: on, off, ready to
    close, or unknown while it has not reported. `total_negative_fen` is the part of
    `total_balance_fen` that lies below zero. `consumption_wh` (behind the meters' ratios) and the
    commands are those of the time that was asked for, also of accounts that are closed now; a trip
    or a close counts as verified once its effect was seen.
    """

    id: int
    code: str
    name: str
    controlled_accounts: int
    accounts_on: int
    accounts_off: int
    accounts_ready: int
    accounts_unknown: int
    consumption_wh: int
    total_balance_fen: int
    total_negative_fen: int
    commands_verified: int
    commands_failed: int
    trips_issued: int
    trips_verified: int
    closes_issued: int
    closes_verified: int


_DISTRICTS = "district where ($1::bigint is null or id = $1)"
# An account with several meters is off where one of them is. What a meter moved by before its ratio
# was changed counts by so much more, or less, than by the ratio of today.
_STATISTICS = f"""
with wanted as (
  select id, code, name from {_DISTRICTS} and ($4::bigint is null or id > $4)
  order by id limit $5
), controlled as (
  select a.id, a.district_id, a.closed_at, p.available_fen from account a
  join account_position p on p.account_id = a.id
  where a.district_id in (select id from wanted)
), state as (
  select s.account_id, min({SUPPLY_SQL}) as supply from supply s group by s.account_id
), accounts as (
  select c.district_id, count(*) as controlled_accounts,
    count(*) filter (where s.supply = 'ON') as accounts_on,
    count(*) filter (where s.supply = 'OFF') as accounts_off,
    count(*) filter (where s.supply = 'READY_TO_CLOSE') as accounts_ready,
    count(*) filter (where coalesce(s.supply, 'UNKNOWN') = 'UNKNOWN') as accounts_unknown,
    sum(c.available_fen)::bigint as total_balance_fen,
    sum(least(c.available_fen, 0))::bigint as total_negative_fen
  from controlled c left join state s on s.account_id = c.id
  where c.closed_at is null group by c.district_id
), used as (
  select c.district_id, sum((e.total_wh - b.total_wh) * m.ratio + coalesce(x.wh, 0))::bigint
    as consumption_wh
  from controlled c join meter m on m.account_id = c.id
  cross join lateral (select r.total_wh from reading r where r.meter_id = m.id
    and r.measured_at <= coalesce($3::timestamptz, 'infinity')
    order by r.measured_at desc limit 1) e
  cross join lateral (
    (select 1 as rank, r.total_wh from reading r where r.meter_id = m.id
     and r.measured_at <= $2::timestamptz order by r.measured_at desc limit 1)
    union all (select 2, r.total_wh from reading r where r.meter_id = m.id
     order by r.measured_at limit 1)
    order by rank limit 1) b
  left join lateral (
    select sum((least(greatest(r.total_wh, b.total_wh), e.total_wh) - b.total_wh)
      * (o.ratio_before - o.ratio_after)) as wh
    from (select at, ratio_before,
            coalesce(lead(ratio_before) over (order by at), m.ratio) as ratio_after
          from ratio_change where meter_id = m.id) o
    join reading r on r.meter_id = m.id and r.measured_at = o.at) x on true
  group by c.district_id
), commands as (
  select a.district_id, count(*) filter (where c.state = 'VERIFIED') as commands_verified,
    count(*) filter (where c.state in ('FAILED', 'EXPIRED')) as commands_failed,
    count(*) filter (where c.verb = 1) as trips_issued,
    count(*) filter (where c.verb = 1 and c.state = 'VERIFIED') as trips_verified,
    count(*) filter (where c.verb in (2, 3)) as closes_issued,
    count(*) filter (where c.verb in (2, 3) and c.state = 'VERIFIED') as closes_verified
  from command c join account a on a.id = c.account_id
  where a.district_id in (select id from wanted)
  and c.created_at >= coalesce($2::timestamptz, '-infinity')
  and c.created_at < coalesce($3::timestamptz, 'infinity')
  group by a.district_id
)
select d.id, d.code, d.name,
  {
    ", ".join(
        f"coalesce({name}, 0) as {name}"
        for name in DistrictStatistics.__dataclass_fields__
        if name not in {"id", "code", "name"}
    )
}
from wanted d left join accounts a on a.district_id = d.id
left join used u on u.district_id = d.id left join commands c on c.district_id = d.id
order by d.id
"""


async def district_statistics(
    district_id: int | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> tuple[DistrictStatistics, ...]:
    """Return the figures of one district, or of every district, from `since` to before `until`.

    Oldest first, on from the id `after`, `limit` at most.

    Without them it is all time: from each meter's opening read to its newest. Energy counts from
    the last reading at `since` to the last one at `until`.
    """
    found = await rows(_STATISTICS, district_id, since, until, after, limit)
    return tuple(DistrictStatistics(**each) for each in found)


def ask_district_count(district_id: int | None = None) -> Asking[int]:
    """Ask how many districts `district_statistics` tells of: the one, or all there are."""
    (((count,),),) = yield [Question(f"select count(*) from {_DISTRICTS}", (district_id,))]
    return int(count)
