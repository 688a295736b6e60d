"""Look over all meters every night: note what the rules find, estimate where no reading came."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.base import row, rows, run, transaction, value

from ._estimate import estimate
from ._examine import examine
from ._freezes_of import SLACK, midnight

AT = time(2, 30)
"""Local time: what was read at midnight has come by then."""

LONGEST = timedelta(days=31)
"""After an outage no more than this is looked over; older gaps are found when they are billed."""

_ONE = timedelta(days=1)

_PLAN = """
insert into meter_round (timezone, since, due_at)
select timezone, day at time zone timezone,
  (day + '1 day'::interval + $2::time) at time zone timezone
from (select distinct timezone, date_trunc('day', $1::timestamptz at time zone timezone) as day
      from district) as z
on conflict (timezone) do nothing
"""

_TAKE = """
select timezone, since, until, reached from meter_round
where due_at <= $1 order by due_at limit 1 for update skip locked
"""

_PAGE = """
select m.id from meter m join account a on a.id = m.account_id
join district d on d.id = a.district_id
where m.id > $1 and d.timezone = $2 and m.removed_at is null and m.installed_at < $3
order by m.id limit $4
"""

_UNREAD = """
select t.at, array_agg(w.meter_id) as meter_ids
from unnest($1::bigint[]) as w (meter_id) cross join unnest($2::timestamptz[]) as t (at)
where not exists (select 1 from reading r where r.meter_id = w.meter_id
  and r.measured_at between t.at - $3::interval and t.at + $3::interval)
group by t.at order by t.at
"""

_ROUNDS = """
select timezone, since, due_at, ended_at, until is not null as is_running from meter_round
order by timezone
"""

_REACHED = "update meter_round set until = $2, reached = $3 where timezone = $1"

_ENDED = """
update meter_round set since = $2, until = null, reached = 0, due_at = $3, ended_at = $4
where timezone = $1
"""


async def plan_rounds(*, now: datetime) -> None:
    """Have the meters of every time zone looked over each night, from the next one on."""
    await run(_PLAN, now, AT)


async def next_round_at() -> datetime | None:
    """Return when `look_over` has something to do, or None before `plan_rounds`."""
    found: datetime | None = await value("select min(due_at) from meter_round")
    return found


@dataclass(frozen=True, slots=True)
class Round:
    """The nightly look over the meters of a time zone.

    All was looked over up to the midnight `since`; the last round ended at `ended_at` (None: none
    has), the next is due at `due_at`. `is_running`: it has begun.
    """

    timezone: str
    since: datetime
    due_at: datetime
    ended_at: datetime | None
    is_running: bool


async def rounds() -> tuple[Round, ...]:
    """Return the round of each time zone, by its name."""
    found = await rows(_ROUNDS)
    return tuple(Round(**each) for each in found)


async def look_over(
    *, off: Callable[[Collection[int]], Awaitable[Collection[int]]], limit: int, now: datetime
) -> int:
    """Examine the next `limit` meters of a round that is due; return how many there were.

    From the midnight that the last round ended with to the last one before `now`; at each midnight
    between, the registers of a meter that nobody has read are estimated, if a method applies.
    `off` tells of which meters the output is open. A round may be stopped anywhere and goes on
    there; what it has done it does not do again. Fewer than `limit`: the round has ended.
    """
    async with transaction():
        found = await row(_TAKE, now)
        if found is None:
            return 0
        zone = ZoneInfo(found["timezone"])
        today = now.astimezone(zone).date()
        until: datetime = found["until"] or midnight(today, zone)
        meters = [
            each["id"]
            for each in await rows(_PAGE, found["reached"], found["timezone"], until, limit)
        ]
        if meters:
            since = max(found["since"], until - LONGEST)
            await examine(meters, since=since, until=until, off=await off(meters), now=now)
            await _estimate(meters, since, until, zone=zone, now=now)
        if len(meters) == limit:
            await run(_REACHED, found["timezone"], until, meters[-1])
        else:
            due_at = datetime.combine(today + _ONE, AT, zone)
            await run(_ENDED, found["timezone"], until, due_at, now)
        return len(meters)


async def _estimate(
    meters: Collection[int], since: datetime, until: datetime, *, zone: ZoneInfo, now: datetime
) -> None:
    first, last = since.astimezone(zone).date() + _ONE, until.astimezone(zone).date()
    days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    unread: list[dict[str, Any]] = await rows(
        _UNREAD, sorted(meters), [midnight(day, zone) for day in days], SLACK
    )
    for each in unread:
        await estimate(each["meter_ids"], each["at"], zone=zone, now=now)
