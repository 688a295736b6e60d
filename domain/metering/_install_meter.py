"""Put a meter to work at a usage point."""

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.base import Refusal, run, transaction

from ._ensure_partitions import ensure_partitions
from ._further import FurtherReading, FurtherShown
from ._place import RegistersRefused
from ._plausibility import MOST_WH
from ._ratio import ratio_of
from ._reading import REGISTERS, Registers
from ._record_further import put_further
from .models import Meter

ZERO: Registers = (0, 0, 0, 0, 0, 0)
FEWEST_DIGITS, MOST_DIGITS = 4, 9


class SerialTaken(Refusal):
    """A meter with this serial number is installed already."""

    code = "SERIAL_TAKEN"


class DigitsRefused(Refusal):
    """A register has 4 to 9 whole digits of a kWh."""

    code = "DIGITS_REFUSED"


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter (电能表): rating in W behind the transformers, opening registers in Wh as shown.

    Its registers have `digits` whole digits of a kWh; `ct` and `pt` are its transformers. `further`
    is what it shows of what flowed back and of reactive energy, if it has such registers.
    """

    serial: str
    rated_w: int
    opening: Registers = ZERO
    digits: int = 6
    ct: str = "1/1"
    pt: str = "1/1"
    further: FurtherShown | None = None


async def install_meter(
    new: NewMeter, *, account_id: int, usage_point_id: int, now: datetime
) -> int:
    """Install the meter and record its opening read; return its id.

    Refuses with SerialTaken, RatioRefused, DigitsRefused or RegistersRefused.
    """
    ratio = ratio_of(new.ct, new.pt)
    if not all(0 <= each <= MOST_WH for each in new.opening):
        raise RegistersRefused(most_wh=MOST_WH)
    if not FEWEST_DIGITS <= new.digits <= MOST_DIGITS:
        raise DigitsRefused(digits=new.digits)
    async with transaction():
        if await Meter.exists(serial=new.serial):
            raise SerialTaken(serial=new.serial)
        meter = await Meter.create(
            serial=new.serial,
            account_id=account_id,
            usage_point_id=usage_point_id,
            rated_w=new.rated_w,
            digits=new.digits,
            ct=new.ct,
            pt=new.pt,
            ratio=ratio,
            installed_at=now,
        )
        await ensure_partitions({now.astimezone(UTC).date()})
        names = ", ".join(REGISTERS)
        await run(
            f"""insert into meter_register
                  (meter_id, account_id, last_n, seen, measured_at, {names})
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
        if new.further is not None:
            await put_further(FurtherReading(meter.id, now, *new.further))
        return meter.id
