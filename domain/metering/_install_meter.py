"""Put a meter to work at a usage point."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import Refusal, run, transaction

from ._ensure_partitions import ensure_partitions
from ._reading import REGISTERS, Registers
from .models import Meter

ZERO: Registers = (0, 0, 0, 0, 0, 0)


class SerialTaken(Refusal):
    """A meter with this serial number is installed already."""

    code = "SERIAL_TAKEN"


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter (电能表) with its rating in W and its opening registers in Wh."""

    serial: str
    rated_w: int
    opening: Registers = ZERO


async def install_meter(
    new: NewMeter, *, account_id: int, usage_point_id: int, now: datetime
) -> int:
    """Install the meter and record its opening read; return its id."""
    async with transaction():
        if await Meter.exists(serial=new.serial):
            raise SerialTaken(serial=new.serial)
        meter = await Meter.create(
            serial=new.serial,
            account_id=account_id,
            usage_point_id=usage_point_id,
            rated_w=new.rated_w,
            installed_at=now,
        )
        await ensure_partitions({now.date()})
        names = ", ".join(REGISTERS)
        await run(
            f"""insert into meter_register (meter_id, account_id, last_n, seen, measured_at, {names})
                values ($1, $2, 0, 1, $3, $4, $5, $6, $7, $8, $9)""",
            meter.id,
            account_id,
            now,
            *new.opening,
        )
        await run(
            f"""insert into reading (meter_id, measured_at, n, {names})
                values ($1, $2, 0, $3, $4, $5, $6, $7, $8)""",
            meter.id,
            now,
            *new.opening,
        )
        return meter.id
