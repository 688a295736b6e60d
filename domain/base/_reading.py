"""What a person reads: one transaction under that person's eyes, whatever is asked for."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar, Token
from functools import lru_cache
from typing import Any, Literal

from tortoise import connections

from . import _wall as wall
from ._question import side_by_side

ReaderKind = Literal["CUSTOMER", "INSPECTOR", "OPERATOR", "NOBODY"]
_ROLES: dict[ReaderKind, str] = {
    "CUSTOMER": wall.CUSTOMER,
    "INSPECTOR": wall.INSPECTOR,
    "OPERATOR": wall.OPERATOR,
    "NOBODY": wall.CUSTOMER,  # with no account
}


class Reading:
    """The connection of one request: opened by its first statement, its statements one by one.

    One snapshot, so that one screen shows one moment; nothing can be written.
    """

    def __init__(self, kind: ReaderKind, person_id: int, district_id: int | None) -> None:
        self._role = _ROLES[kind]
        self._who = kind, person_id, district_id
        self._turn = asyncio.Lock()
        self._connection: Any = None
        self._entered: Token[Reading | None] | None = None
        self._is_over = False

    async def __aenter__(self) -> None:
        if _reading.get() is None:
            self._entered = _reading.set(self)

    async def __aexit__(self, *_: object) -> None:
        if self._entered is not None:  # not joined to another one
            _reading.reset(self._entered)
            self._is_over = True
            await self.end()

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
            if self._is_over:  # a task that others wait for, too, has outlived it
                await self._give_back("commit")
            return found

    async def fetch_last(
        self, texts: tuple[str, ...], values: Sequence[object]
    ) -> list[str | None]:
        """Return the text that each of these queries finds: the last that the reading asks.

        If it is the first, too, then the one statement is the whole transaction.
        """
        if self._connection is not None:
            ((found,),) = await self.fetch(_as_array(texts), values)
            return list(found)
        async with self._turn:
            lender = _lender()
            connection = await lender.lend(self._role)
            try:
                sql = _looked_at(texts, len(values))
                return list(await connection.fetchval(sql, *values, *self._who))
            finally:
                await lender.give_back(connection)

    async def end(self) -> None:
        """Give the connection back; a later statement borrows another."""
        async with self._turn:
            await self._give_back("commit")

    async def _open(self) -> None:
        self._connection = await _lender().lend(self._role)
        kind, person_id, district_id = self._who
        district = "null" if district_id is None else int(district_id)
        await self._connection.execute(
            "begin isolation level repeatable read;"
            f" select look_as(current_user, '{kind}', {int(person_id)}, {district})"
        )

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
            await _lender().give_back(connection)


def _lender() -> Any:
    return connections.get("default")


@lru_cache(512)
def _as_array(texts: tuple[str, ...]) -> str:
    return f"select array[{', '.join(f'({text})' for text in side_by_side(texts))}]"


@lru_cache(512)
def _looked_at(texts: tuple[str, ...], count: int) -> str:
    """Return the query of these behind the look: only then PostgreSQL begins with them."""
    who = ", ".join(f"${count + n}" for n in (1, 2, 3))
    return f"select case when look_as(current_user, {who}) then ({_as_array(texts)}) end"


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


def reading() -> Reading | None:
    """Return the reading that this task is in, or None: then it reads as the house."""
    return _reading.get()


def reading_as(
    kind: ReaderKind, person_id: int = 0, *, district_id: int | None = None
) -> AbstractAsyncContextManager[None]:
    """Read as this person: PostgreSQL's policies leave out what is not theirs to see.

    Statements inside share one read-only transaction, begun by the first of them; tasks created
    inside share it too, taking turns. A `transaction()` inside is an act of the house: it ends the
    reading's transaction first, and what is read after it is read afresh. Joined where already
    open.
    """
    return Reading(kind, person_id, district_id)


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
