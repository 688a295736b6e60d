"""Take a wrong reading out of the record; it is kept apart as rejected."""

from datetime import datetime

from domain import audit
from domain.base import Actor, Refusal, run, transaction

from ._mark_changed import mark_changed
from ._place import standing_of
from ._reading import REGISTERS
from ._resolve_exception import judge_again
from ._set_apart import set_apart

_BACK = f"""
update meter_register r set measured_at = l.measured_at, estimated = l.estimated,
  {", ".join(f"{name} = l.{name}" for name in REGISTERS)}
from (select * from reading where meter_id = $1 order by measured_at desc limit 1) l
where r.meter_id = $1
"""


class UnknownReading(Refusal):
    """The meter has no such reading, or it is the one with which it was installed, taken down or
    put behind another ratio.
    """

    code = "UNKNOWN_READING"


async def withdraw_reading(
    meter_id: int, measured_at: datetime, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Withdraw an accepted reading that was wrong; the account is computed again without it.

    Readings that were held because of it are judged again. Refuses with UnknownReading.
    """
    async with transaction():
        standing = await standing_of(meter_id, measured_at)
        since = standing.before.measured_at if standing.before else standing.installed_at
        if not standing.is_open(measured_at, now=now) or not await set_apart(
            meter_id, measured_at, actor=actor, reason=reason, now=now
        ):
            raise UnknownReading(meter_id=meter_id, measured_at=measured_at)
        await run(_BACK, meter_id)
        await audit.note(
            actor,
            "WITHDRAW_READING",
            f"meter:{meter_id}",
            now=now,
            detail={"measured_at": measured_at},
        )
        await judge_again(meter_id, after=since, now=now)
        await mark_changed([standing.account_id])
