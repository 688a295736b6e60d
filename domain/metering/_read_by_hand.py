"""Take in what somebody has read from a meter that did not report (现场抄表)."""

from datetime import datetime

from domain import audit
from domain.base import Actor, transaction

from ._further import FurtherShown
from ._reading import Registers
from ._remove_meter import take_read


async def read_by_hand(
    meter_id: int,
    registers: Registers,
    *,
    further: FurtherShown | None = None,
    at: datetime,
    actor: Actor,
    now: datetime,
) -> None:
    """Record what the meter at work showed `at` that instant; it counts like any reading.

    Estimates around it give way, and bills that it contradicts are corrected. What would be held
    of a meter is refused of a person. Refuses with NoSuchMeter or ReadImplausible.
    """
    async with transaction():
        await take_read(meter_id, registers, further, at=at, now=now)
        await audit.note(
            actor, "READ_BY_HAND", f"meter:{meter_id}", now=now, detail={"measured_at": at}
        )
