"""Find accounts that hold or have contracted something else since a day inside their open part."""

from datetime import datetime

from domain.base import rows

from ._calendar import day_of
from ._gather import Gathering, gather

AT_ONCE = 1_000

# Whoever was changed longer ago than two periods is due by the end of a period anyway.
_MOVED = """
with moved as (
  select account_id, since as day from entitlement
  union select account_id, until from entitlement
  union select account_id, since from service_fact
)
select distinct m.account_id from moved m join account a on a.id = m.account_id
join district d on d.id = a.district_id join charge_segment s on s.account_id = m.account_id
where m.day > $1::timestamptz - interval '70 days'
and m.day > (s.since at time zone d.timezone)::date
and m.day <= ($1::timestamptz at time zone d.timezone)::date
and ($2::bigint is null or a.district_id = $2) order by m.account_id
"""


async def find_changed(district_id: int | None, *, seen: Gathering, now: datetime) -> list[int]:
    """Return the accounts whose tariff minds what has changed: their part has ended there."""
    moved = [each["account_id"] for each in await rows(_MOVED, now, district_id)]
    found: list[int] = []
    for start in range(0, len(moved), AT_ONCE):
        open_parts = await gather(moved[start : start + AT_ONCE], seen=seen)
        found += (
            part.standing.account_id
            for part in open_parts
            if not part.ends_period and part.piece.until <= day_of(now, part.standing.zone)
        )
    return found
