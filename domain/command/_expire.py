"""Close what has outlived its use, and do not leave anybody in the dark."""

from datetime import datetime

from domain import outbox
from domain.base import rows, transaction

from ._life import State
from ._settle import TASK_TIME, call_field
from ._verb import Verb

_EXPIRED = """
update command set state = $2, closed_at = $1
where id in (select id from command where state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED')
             and expires_at <= $1 order by id limit $3 for update skip locked)
returning id, account_id, meter_id, verb, seq
"""

_OVERDUE = """
select c.id, c.account_id, c.meter_id, c.verb from command c
where c.state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED') and c.verb = any($2)
  and c.created_at <= $1 and not exists (select 1 from task t where t.key = 'command:' || c.id)
order by c.id limit $3
"""

CLOSES = [int(Verb.PERMIT_CLOSE), int(Verb.CLOSE)]


async def expire(*, limit: int, now: datetime) -> int:
    """Expire open commands whose time is over; call the field for closes that hang for a day.

    Returns how many commands were handled; call again while it equals `limit`.
    """
    async with transaction():
        expired = await rows(_EXPIRED, now, State.EXPIRED, limit)
        for found in expired:
            await outbox.add(
                "command.failed", account_id=found["account_id"], command_id=found["id"]
            )
            if found["verb"] in CLOSES:
                await call_field(found, why="EXPIRED", now=now)
        overdue = await rows(_OVERDUE, now - TASK_TIME, CLOSES, limit)
        for found in overdue:
            await call_field(found, why="OVERDUE", now=now)
        return len(expired) + len(overdue)
