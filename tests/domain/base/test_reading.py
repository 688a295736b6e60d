"""Readings: whose connection goes back, whoever leaves first."""

import asyncio

from tortoise import connections

from domain.base import reading_as, value, wall


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
