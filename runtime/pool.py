"""Pool: database connections, lent in the order in which they are asked for.

asyncpg's pool lets whoever comes at the right moment overtake those who wait: under load some wait
for ever. Here they queue, and where a bound is set, whoever waits longer is turned away: better a
quick "later" than an answer that nobody waits for any more. A Tortoise engine: `client_class` is
what Tortoise looks for.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

__all__ = ["Overloaded", "client_class"]

_LIFETIME_S = 300.0
_QUERIES_MAX = 50_000


class Overloaded(Exception):
    """No database connection became free in time: come again later."""


class FairPool(asyncpg.Pool):  # type: ignore[misc]
    """A pool with a queue before it; `waiting_for` tells how long anybody may stand in it."""

    def __init__(
        self, *, waiting_for: Callable[[], float | None], max_size: int, **given: Any
    ) -> None:
        super().__init__(max_size=max_size, **given)
        self._waiting_for = waiting_for
        self._places = asyncio.Semaphore(max_size)  # first come, first served
        self._lent: set[Any] = set()

    async def _acquire(self, timeout: float | None) -> Any:
        if self._places.locked():
            await self._queued()
        else:
            await self._places.acquire()  # at once
        try:
            connection = await super()._acquire(timeout)
        except BaseException:
            self._places.release()
            raise
        self._lent.add(connection)
        return connection

    async def _queued(self) -> None:
        try:
            async with asyncio.timeout(self._waiting_for()):
                await self._places.acquire()
        except TimeoutError:
            raise Overloaded from None

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Take a connection back and let the next one in, also where the server has closed it."""
        inner = connection._con  # ruff: ignore[private-member-access]
        try:
            if inner is None or inner.is_closed() or inner.is_in_transaction():
                await super().release(connection, timeout=timeout)
            else:
                # Nothing is to be waited for, so no task need be shielded: half the cost.
                inner._on_release()  # ruff: ignore[private-member-access]
                await connection._holder.release(timeout)  # ruff: ignore[private-member-access]
        finally:
            if connection in self._lent:  # not given back before
                self._lent.remove(connection)
                self._places.release()


class _Client(AsyncpgDBClient):
    wait_s: float | None = None

    async def create_pool(self, **given: Any) -> asyncpg.Pool:
        return await FairPool(
            waiting_for=lambda: self.wait_s,
            max_queries=_QUERIES_MAX,
            max_inactive_connection_lifetime=_LIFETIME_S,
            setup=None,
            init=None,
            record_class=asyncpg.Record,
            **given,
        )


client_class = _Client
