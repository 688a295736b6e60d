"""Correct bills that the record contradicts: what was measured, or settled by a person, since."""

import logging
from contextlib import suppress
from datetime import datetime

from domain.base import SYSTEM, rows
from domain.metering import REGISTERS, SLACK

from ._correct import HeldBillFirst, correct
from ._rated import NotRatable

_log = logging.getLogger(__name__)

WHY = "registers were read or put right after the bill"

# A bill is looked at where it was estimated, or where a reading of its account was accepted,
# replaced or withdrawn of late. It is contradicted where the reading nearest to a part's end,
# chosen as the bill chose, says otherwise, or where the first one after it lies below an estimate.
_CONTRADICTED = f"""
with suspect as (
  select account_id, id from bill where estimated and kind = 'BILL' and state = 'ISSUED'
  union
  select b.account_id, b.id from reading_exception e join bill b on b.account_id = e.account_id
  where e.resolved_at > $2::timestamptz - interval '31 days'
  and (e.resolution <> 'REJECT' or e.rule = 'WITHDRAWN')
  and b.kind = 'BILL' and b.state = 'ISSUED'
)
select b.account_id, min(b.first_day) as since from suspect
join bill b using (account_id, id) join account a on a.id = b.account_id
join district d on d.id = a.district_id
cross join lateral jsonb_array_elements(b.basis) p
cross join lateral jsonb_array_elements(p -> 'spans') x
cross join lateral (select (x ->> 'until')::timestamptz as at) t
left join lateral (
  select r.* from reading r where r.meter_id = (x ->> 'meter')::bigint and not r.estimated
  and r.measured_at between t.at - $4::interval and t.at + $4::interval
  order by greatest(r.measured_at - t.at, t.at - r.measured_at), r.measured_at limit 1) r on true
left join lateral (
  select l.* from reading l where r.meter_id is null and x ? 'estimated'
  and l.meter_id = (x ->> 'meter')::bigint and not l.estimated and l.measured_at > t.at
  order by l.measured_at limit 1) l on true
where b.account_id > $1 and t.at = (p ->> 'until')::date::timestamp at time zone d.timezone
and (x -> 'end' <> jsonb_build_array({", ".join(f"r.{name}" for name in REGISTERS)})
  and r.meter_id is not null
  or {" or ".join(f"l.{n} < (x -> 'end' ->> {k})::bigint" for k, n in enumerate(REGISTERS))})
and not exists (select 1 from bill h where h.account_id = b.account_id and h.state = 'HELD')
group by b.account_id order by b.account_id limit $3
"""


async def correct_measured(*, limit: int, now: datetime, after: int = 0) -> int | None:
    """Correct the bills of up to `limit` accounts, those after `after`; return the last of these.

    None: there were no more. What cannot be rated stays as it is until more is known; an account
    that cannot be corrected for a fault, which is logged, keeps back no other.
    """
    found = await rows(_CONTRADICTED, after, now, limit, SLACK)
    for each in found:
        try:
            with suppress(HeldBillFirst, NotRatable):
                await correct(
                    each["account_id"], since=each["since"], why=WHY, actor=SYSTEM, now=now
                )
        except Exception:  # ruff: ignore[blind-except] -- whatever it is, the others are corrected
            _log.exception("the bills of account %d could not be corrected", each["account_id"])
    return found[-1]["account_id"] if found else None
