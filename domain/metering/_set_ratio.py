"""Put a meter behind other transformers (换变比)."""

from datetime import datetime

from domain.base import run, transaction, value

from ._further import FurtherShown
from ._ratio import ratio_of
from ._reading import Registers
from ._remove_meter import take_read


async def set_ratio(
    meter_id: int,
    *,
    ct: str,
    pt: str,
    shown: Registers,
    further: FurtherShown | None = None,
    now: datetime,
) -> int:
    """Record what the registers show at the change and count by the new ratio; return it.

    What was used before stays counted by the old one. Refuses with RatioRefused, NoSuchMeter or
    ReadImplausible.
    """
    ratio = ratio_of(ct, pt)
    async with transaction():
        await take_read(meter_id, shown, further, at=now, now=now)
        before = await value("select ratio from meter where id = $1 for update", meter_id)
        await run("insert into ratio_change values ($1, $2, $3)", meter_id, now, before)
        await run(
            "update meter set ct = $2, pt = $3, ratio = $4 where id = $1", meter_id, ct, pt, ratio
        )
    return ratio
