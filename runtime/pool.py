"""Pool: database connections, lent in the order in which they are asked for.

asyncpg's pool lets whoever comes at the right moment overtake those who wait: under load some wait
for ever. Here they queue, and where a bound is set, whoever waits longer is turned away: better a
quick "later" than an answer that nobody waits for any more. A Tortoise engine: `client_class` is
what Tortoise looks for.

A connection is the house's, or a role's that people read as, and stays so until somebody else needs
it: to change it takes a round trip.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.connection import get_connections

__all__ = ["Overloaded", "client_class"]

_LIFETIME_S = 300.0
_QUERIES_MAX = 50_000
# What people read is planned once per session: planning took longer than reading.
_BECOME = (
    "set role {}; set default_transaction_read_only = on; set plan_cache_mode = force_generic_plan"
)
_BECOME_HOUSE = "reset role; reset default_transaction_read_only; reset plan_cache_mode"


class Overloaded(Exception):
    """No database connection became free in time: come again later."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that knows who it is to PostgreSQL."""

    role: str | None = None

    async def become(self, role: str | None) -> None:
        """Be this role from now on; None: the house, whose user has signed in."""
        await self.execute(_BECOME.format(role) if role else _BECOME_HOUSE)
        self.role = role


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
        return await self.acquire_as(None, timeout)

    async def acquire_as(self, role: str | None, timeout: float | None = None) -> Any:
        """Lend a connection that is this role to PostgreSQL; None: the house."""
        if self._places.locked():
            await self._queued()
        else:
            await self._places.acquire()  # at once
        try:
            self._prefer(role)
            connection = await super()._acquire(timeout)
        except BaseException:
            self._places.release()
            raise
        self._lent.add(connection)
        if connection._con.role != role:  # ruff: ignore[private-member-access]
            try:
                await connection._con.become(role)  # ruff: ignore[private-member-access]
            except BaseException:
                connection.terminate()  # nobody knows what it is
                await self.release(connection)
                raise
        return connection

    def _prefer(self, role: str | None) -> None:
        """Have a resting connection lent that is this role, if there is one."""
        resting = self._queue._queue  # ruff: ignore[private-member-access]
        for k in range(len(resting) - 1, -1, -1):
            inner = resting[k]._con  # ruff: ignore[private-member-access]
            if inner is not None and inner.role == role:
                resting.append(resting.pop(k))
                return

    async def _queued(self) -> None:
        try:
            async with asyncio.timeout(self._waiting_for()):
                await self._places.acquire()
        except TimeoutError:
            raise Overloaded from None

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Take a connection back and let the next one in, also where the server has closed it."""
        holder, inner = connection._holder, connection._con  # ruff: ignore[private-member-access]
        try:
            if inner is None or not self._can_rest(holder, inner):
                await super().release(connection, timeout=timeout)
            else:
                # Nothing is to be waited for, so no task need be shielded: a third of the cost.
                inner._on_release()  # ruff: ignore[private-member-access]
                holder._release()  # ruff: ignore[private-member-access]
                holder._setup_inactive_callback()  # ruff: ignore[private-member-access]
        finally:
            if connection in self._lent:  # not given back before
                self._lent.remove(connection)
                self._places.release()

    def _can_rest(self, holder: Any, inner: _Connection) -> bool:
        """Tell whether the connection can be lent again as it is: it keeps nothing to be reset."""
        driven = inner._protocol  # ruff: ignore[private-member-access]
        return not (
            inner.is_closed()
            or inner.is_in_transaction()
            or driven._is_cancelling()  # ruff: ignore[private-member-access]
            or driven.queries_count >= _QUERIES_MAX
            or holder._generation != self._generation  # ruff: ignore[private-member-access]
        )


class _Transaction(TransactionContextPooled):
    """A transaction that gives its connection back also where it was cancelled as it began."""

    async def __aenter__(self) -> Any:
        try:
            return await super().__aenter__()
        except BaseException:
            await self._give_back()
            raise

    async def _give_back(self) -> None:
        connection = getattr(self.client, "_connection", None)
        if connection is None:  # none was lent
            return
        if token := getattr(self, "token", None):
            get_connections().reset(token)
        connection.terminate()  # whether it has begun nobody knows
        await self.client._parent._pool.release(connection)  # ruff: ignore[private-member-access]


class _Client(AsyncpgDBClient):
    connection_class = _Connection
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

    def _in_transaction(self) -> _Transaction:
        return _Transaction(TransactionWrapper(self), self._pool_init_lock)

    async def lend(self, role: str) -> Any:
        """Lend a connection to whom people read as; it is to be given back."""
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        return await self._pool.acquire_as(role)  # type: ignore[union-attr]

    async def give_back(self, connection: Any) -> None:
        """Take back what was lent."""
        await self._pool.release(connection)  # type: ignore[union-attr]


client_class = _Client
