"""Move an accepted reading to what is kept apart."""

from datetime import datetime

from domain.base import Actor, row

from ._reading import REGISTERS

_MOVE = f"""
with gone as (
  delete from reading where meter_id = $1 and measured_at = $2 and not estimated returning *
)
insert into reading_exception (meter_id, account_id, rule, measured_at, content, created_at,
  resolved_at, resolution, resolved_by, reason)
select meter_id, (select account_id from meter where id = $1), 'WITHDRAWN', measured_at,
  jsonb_build_object('n', n, 'registers_wh', jsonb_build_array({", ".join(REGISTERS)})),
  $3, $3, 'REJECT', $4, $5
from gone returning id
"""


async def set_apart(
    meter_id: int, at: datetime, *, actor: Actor, reason: str, now: datetime
) -> bool:
    """Take the measured reading of an instant out, kept as rejected; tell whether there was one."""
    found = await row(_MOVE, meter_id, at, now, str(actor)[:80], reason[:200])
    return found is not None
