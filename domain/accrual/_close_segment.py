"""Count what a meter has measured up to now."""

from domain.base import run
from domain.metering import REGISTERS

_CLOSE = f"""
update charge_segment s set until = r.measured_at,
  {", ".join(f"end_{name} = r.{name}" for name in REGISTERS)}
from meter_register r
where r.meter_id = s.meter_id and s.meter_id = $1 and s.until is null
"""


async def close_segment(meter_id: int) -> None:
    """Charge the meter up to its present registers and no further."""
    await run(_CLOSE, meter_id)
