"""Is the house quiet? Nothing changed, nothing waiting to be carried, nothing due."""

import asyncio
from datetime import datetime

from domain.base import value
from workers.schedule import next_due

_POLL_S = 0.005

_BUSY = """
select exists (select 1 from outbox where not dead) or exists (select 1 from usage_changed)
"""


async def until_quiet(*, now: datetime, within_s: float) -> datetime | None:
    """Wait until everything that is due at `now` is done; return the next due moment, if any.

    Raises TimeoutError when the house does not come to rest.
    """
    async with asyncio.timeout(within_s):
        while True:
            if not await value(_BUSY):
                due = await next_due()
                if due is None or due > now:
                    return due
            await asyncio.sleep(_POLL_S)
