"""Readings and acts: whose connection goes back, whoever leaves first."""

import asyncio
from contextlib import suppress

from tortoise import connections

from domain.base import reading_as, transaction, value, wall


async def test_a_task_that_outlives_its_reading_reads_on_and_keeps_no_connection(database):
    is_over = asyncio.Event()

    async def read_late() -> str:
        await is_over.wait()
        return await value("select current_user")

    async with reading_as("NOBODY"):
        late = asyncio.create_task(read_late())
        await asyncio.sleep(0)
    is_over.set()
    assert await late == wall.CUSTOMER
    assert not connections.get("default")._pool._lent


async def test_who_is_cancelled_while_a_transaction_begins_leaves_no_connection_behind(database):
    async def act() -> None:
        async with transaction():
            await value("select 1")

    async def acts_and_reads() -> None:
        with suppress(asyncio.CancelledError):
            await act()
        asyncio.current_task().uncancel()
        assert await value("select 1") == 1  # no connection of a transaction that never was

    await act()  # the first one connects
    for turns in range(60):
        acting = asyncio.create_task(acts_and_reads())
        for _ in range(turns // 2):
            await asyncio.sleep(0)
        acting.cancel()
        (ended,) = await asyncio.gather(acting, return_exceptions=True)
        assert ended is None or isinstance(ended, asyncio.CancelledError)
    assert not connections.get("default")._pool._lent
