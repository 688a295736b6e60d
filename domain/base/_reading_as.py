"""What a person reads: one transaction under that person's eyes, whatever is asked for."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Literal

from tortoise import connections

ReaderKind = Literal["CUSTOMER", "INSPECTOR", "OPERATOR", "NOBODY"]
_KINDS = ("CUSTOMER", "INSPECTOR", "OPERATOR", "NOBODY")


class Reading:
    """The connection of one request: opened by its first statement, its statements one by one.

    One snapshot, so that one screen shows one moment; nothing can be written.
    """

    def __init__(self, opening: str) -> None:
        self._opening = opening
        self._turn = asyncio.Lock()
        self._lender: Any = None
        self._connection: Any = None

    async def fetch(self, sql: str, values: Sequence[object]) -> list[Any]:
        """Send one statement; a failed one ends the transaction, the next begins another."""
        async with self._turn:
            try:
                if self._connection is None:
                    await self._open()
                found: list[Any] = await self._connection.fetch(sql, *values)
            except BaseException:
                await self._give_back("rollback")
                raise
            return found

    async def end(self) -> None:
        """Give the connection back; a later statement borrows another."""
        async with self._turn:
            await self._give_back("commit")

    async def _open(self) -> None:
        self._lender = connections.get("default").acquire_connection()
        self._connection = await self._lender.__aenter__()  # ruff: ignore[unnecessary-dunder-call]
        await self._connection.execute(self._opening)

    async def _give_back(self, ending: str) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.execute(ending)
        except BaseException as failed:
            # Never into the pool as somebody: whoever borrows it next would read as this one.
            connection.terminate()
            if not isinstance(failed, Exception):
                raise
        finally:
            await self._lender.__aexit__(None, None, None)


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


def reading() -> Reading | None:
    """Return the reading that this task is in, or None: then it reads as the house."""
    return _reading.get()


@asynccontextmanager
async def reading_as(
    kind: ReaderKind, person_id: int = 0, *, district_id: int | None = None
) -> AsyncGenerator[None]:
    """Read as this person: PostgreSQL's policies leave out what is not theirs to see.

    Statements inside share one read-only transaction, begun by the first of them; tasks created
    inside share it too, taking turns. A `transaction()` inside is an act of the house: it ends the
    reading's transaction first, and what is read after it is read afresh. Joined where already
    open.
    """
    if _reading.get() is not None:
        yield
        return
    assert kind in _KINDS
    district = "null" if district_id is None else int(district_id)
    # What people read is planned once per session: planning took longer than reading.
    opened = Reading(
        "begin isolation level repeatable read read only;"
        " set local plan_cache_mode = force_generic_plan;"
        f" select look_as('{kind}', {int(person_id)}, {district})"
    )
    token = _reading.set(opened)
    try:
        yield
    finally:
        _reading.reset(token)
        await opened.end()


@asynccontextmanager
async def as_house() -> AsyncGenerator[None]:
    """Step out of the reading: for what is done before it is known who asks."""
    read = _reading.get()
    if read is not None:
        await read.end()
    token = _reading.set(None)
    try:
        yield
    finally:
        _reading.reset(token)
