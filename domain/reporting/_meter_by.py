"""A meter as people see it, narrowed by the sight of who asks."""

from datetime import datetime
from typing import NamedTuple

from domain.base import records
from domain.identity import Sight

_SQL = """
select m.id, m.account_id, a.number, m.serial, coalesce(u.address, ''), m.digits, m.ct, m.pt,
  m.ratio, m.installed_at, m.removed_at, r.measured_at, r.total_wh, coalesce(r.estimated, false)
from meter m
join account a on a.id = m.account_id
left join usage_point u on u.id = m.usage_point_id
left join meter_register r on r.meter_id = m.id
"""


class MeterView(NamedTuple):
    """A meter with its place and its newest register; `removed_at` is null while it is up."""

    id: int
    account_id: int
    account_number: str
    serial: str
    address: str
    digits: int
    ct: str
    pt: str
    ratio: int
    installed_at: datetime
    removed_at: datetime | None
    measured_at: datetime | None
    total_wh: int | None
    estimated: bool


async def meter_by(
    sight: Sight, *, serial: str | None = None, meter_id: int | None = None
) -> MeterView | None:
    """Return the meter with this serial number or id; not in sight and not there are the same."""
    seen, who = sight.accounts()
    found = await records(
        f"{_SQL} where {seen} and (m.serial = $2::text or m.id = $3::bigint) limit 1",
        who,
        serial,
        meter_id,
    )
    return MeterView._make(found[0]) if found else None
