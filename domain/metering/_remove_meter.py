"""Take a meter out of work."""

from datetime import datetime

from domain.base import Refusal, row, run, transaction

from ._further import FurtherReading, FurtherShown
from ._reading import BY_HAND, Outcome, Reading, Registers
from ._record import record
from ._record_further import record_further


class NoSuchMeter(Refusal):
    """No such meter is at work."""

    code = "NO_SUCH_METER"


class ReadImplausible(Refusal):
    """The read cannot be true beside what the meter reported before."""

    code = "READ_IMPLAUSIBLE"


async def remove_meter(
    meter_id: int, *, removal: Registers, further: FurtherShown | None = None, now: datetime
) -> None:
    """Record the removal read and end the meter's work; its readings stay.

    Refuses with NoSuchMeter or ReadImplausible.
    """
    async with transaction():
        await take_read(meter_id, removal, further, at=now, now=now)
        await run("update meter set removed_at = $2 where id = $1", meter_id, now)


async def take_read(
    meter_id: int,
    registers: Registers,
    further: FurtherShown | None,
    *,
    at: datetime,
    now: datetime,
) -> None:
    """Record what somebody read from a meter at work; refuse what would be held."""
    found = await row("select 1 from meter where id = $1 and removed_at is null", meter_id)
    if found is None:
        raise NoSuchMeter(meter_id=meter_id)
    reading = Reading(meter_id, BY_HAND, at, registers[0], registers[1:])
    outcomes = await record([reading], now=now)
    if further is not None:
        outcomes += await record_further([FurtherReading(meter_id, at, *further)], now=now)
    if not {*outcomes} <= {Outcome.ACCEPTED, Outcome.DUPLICATE}:
        raise ReadImplausible(meter_id=meter_id)
