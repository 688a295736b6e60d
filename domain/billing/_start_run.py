"""Ask for a bill run: the worker does it, batch by batch."""

from datetime import datetime

from domain import audit, outbox
from domain.base import Actor, rows, transaction, value

_BEGIN = """
insert into bill_run (district_id, started_at, asked_by) values ($1, $2, $3)
on conflict do nothing returning id
"""
_OPEN = """
select id from bill_run
where coalesce(district_id, 0) = coalesce($1, 0) and asked_by is not null and ended_at is null
"""


async def start_run(*, district_id: int | None, actor: Actor, now: datetime) -> int:
    """Have everybody of a district (None: of all) billed whose period has ended; return the run.

    While such a run goes on it is the same one, however often it is asked for: asking again only
    wakes it, should it have been cut off.
    """
    async with transaction():
        found = await rows(_BEGIN, district_id, now, str(actor))
        if found:
            run_id: int = found[0]["id"]
            await audit.note(actor, "START_BILL_RUN", f"bill_run:{run_id}", now=now)
        else:
            run_id = await value(_OPEN, district_id)
        await outbox.add("bill_run.asked", run_id=run_id)
        return run_id
