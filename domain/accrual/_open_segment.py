"""Count what a meter measures from now on."""

from domain.base import run

from ._segment import OPEN_AT_REGISTERS


async def open_segment(meter_id: int) -> None:
    """Charge what the meter measures from its present registers on, by its present ratio."""
    await run(f"{OPEN_AT_REGISTERS} where r.meter_id = $1", meter_id)
