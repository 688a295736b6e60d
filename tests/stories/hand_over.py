"""Hand-overs: the points of the chain at which a story kills a process.

The database holds the process there: a trigger waits for a lock that the story has. So the kill
comes exactly between two steps, and no line of the product knows of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import asyncpg

_HOLD = """
create function hold_here() returns trigger language plpgsql as $$
begin
  if current_setting('application_name') = tg_argv[0] then
    perform pg_advisory_xact_lock_shared(tg_argv[1]::bigint);
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$
"""

_CAUGHT = """
select l.objid::int as key, l.pid from pg_locks l
where l.locktype = 'advisory' and not l.granted and l.objid = any($1)
  and l.database = (select oid from pg_database where datname = current_database())
"""

_GONE = "select not exists (select 1 from pg_stat_activity where pid = $1)"


@dataclass(frozen=True, slots=True)
class HandOver:
    """`process` is about to do `event`, where `condition` holds: that moment has this name."""

    name: str
    process: str
    event: str
    condition: str = "true"


class Reaper:
    """Waits at all hand-overs; the first process that comes to one is killed there, once."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        hand_overs: Sequence[HandOver],
        kill: Callable[[str], Awaitable[None]],
        start: Callable[[str], Awaitable[None]],
    ) -> None:
        self._database = connection
        self._waiting = dict(enumerate(hand_overs, start=1))
        self._kill = kill
        self._start = start
        self.killed: list[str] = []

    @property
    def waits_for(self) -> list[str]:
        """The hand-overs that nobody has come to yet."""
        return [each.name for each in self._waiting.values()]

    async def __aenter__(self) -> Self:
        await self._database.execute(_HOLD)
        for key, each in self._waiting.items():
            await self._database.execute("select pg_advisory_lock($1)", key)
            await self._database.execute(
                f"create trigger hold_{key} before {each.event} for each row"
                f" when ({each.condition}) execute function hold_here('{each.process}', {key})"
            )
        self._reaping = asyncio.create_task(self._reap())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reaping.cancel()
        with suppress(asyncio.CancelledError):
            await self._reaping
        await self._database.execute("select pg_advisory_unlock_all()")

    async def _reap(self) -> None:
        while self._waiting:
            caught = await self._database.fetch(_CAUGHT, list(self._waiting))
            for found in caught:
                if found["key"] in self._waiting:
                    await self._reap_at(found["key"], found["pid"])
            await asyncio.sleep(0.01)

    async def _reap_at(self, key: int, pid: int) -> None:
        hand_over = self._waiting.pop(key)
        await self._kill(hand_over.process)
        # PostgreSQL would finish the held statement; a process that died before it never sent it.
        await self._database.execute("select pg_terminate_backend($1)", pid)
        while not await self._database.fetchval(_GONE, pid):
            await asyncio.sleep(0.005)
        await self._database.execute("select pg_advisory_unlock($1)", key)
        await self._start(hand_over.process)
        self.killed.append(hand_over.name)
