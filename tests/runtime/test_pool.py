"""The pool lends connections in order, and turns away who would wait too long."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from tortoise import connections

from domain.base import Question, last_texts, reading_as, run, transaction, value, wall
from runtime.database import Overloaded, close_database, open_database, turn_away_after


@pytest.fixture(params=[1])
async def pool(database_url, request):
    await open_database(database_url, pool_max=request.param)
    yield
    await close_database()


of_two = pytest.mark.parametrize("pool", [2], indirect=True)


async def _held(begun: asyncio.Event, end: asyncio.Event) -> None:
    async with transaction():
        await value("select 1")
        begun.set()
        await end.wait()


async def test_whoever_waits_too_long_is_turned_away(pool):
    begun, end = asyncio.Event(), asyncio.Event()
    holder = asyncio.create_task(_held(begun, end))
    await begun.wait()
    turn_away_after(timedelta(milliseconds=20))

    with pytest.raises(Overloaded):
        await value("select 1")
    end.set()
    await holder

    assert await value("select 2") == 2


async def test_a_connection_that_the_server_closed_leaves_its_place_to_the_next(pool):
    with pytest.raises(Exception, match="terminating connection"):
        await value("select pg_terminate_backend(pg_backend_pid())")
    turn_away_after(timedelta(seconds=5))

    assert await value("select 2") == 2


async def test_who_waits_is_served_in_the_order_of_asking(pool):
    begun, end, served = asyncio.Event(), asyncio.Event(), []

    async def ask(k: int) -> None:
        served.append(await value("select $1::int", k))

    holder = asyncio.create_task(_held(begun, end))
    await begun.wait()
    waiting = []
    for k in range(10):
        waiting.append(asyncio.create_task(ask(k)))
        await asyncio.sleep(0)  # each stands in the queue before the next one comes
    end.set()
    await asyncio.gather(holder, *waiting)

    assert served == list(range(10))


WHO = {
    "CUSTOMER": wall.CUSTOMER,
    "INSPECTOR": wall.INSPECTOR,
    "OPERATOR": wall.OPERATOR,
    "NOBODY": wall.CUSTOMER,
}


async def _reads(kind):
    async with reading_as(kind):
        return await value("select current_user")


async def _reads_last(kind):
    async with reading_as(kind):
        (found,) = await last_texts([Question("select current_user::text")])
    return found


async def _writes(table):
    async with transaction():
        await run(f"create table {table} (n int)")
        await run(f"drop table {table}")
    return await value("select current_user")


@of_two
async def test_a_connection_is_who_it_is_lent_to(pool):
    """Readers of every kind and the house take turns on two connections."""
    house = await value("select current_user")
    asked, wanted = [], []
    for k in range(12):
        for kind, role in WHO.items():
            asked += [_reads(kind), _reads_last(kind)]
            wanted += [role, role]
        asked.append(_writes(f"scratch_{k}"))
        wanted.append(house)
    order = [k * 37 % len(asked) for k in range(len(asked))]

    found = await asyncio.gather(*[asked[k] for k in order])

    assert found == [wanted[k] for k in order]


async def test_a_connection_that_could_not_become_somebody_is_not_lent(pool):
    client = connections.get("default")

    with pytest.raises(asyncpg.InvalidParameterValueError, match="no_such_role"):
        await client.lend("no_such_role")

    assert await _reads("CUSTOMER") == wall.CUSTOMER
    await _writes("scratch")


async def test_what_a_reading_was_leaves_nothing_on_the_connection(pool):
    who = Question("select current_setting('feikong.person', true)")

    async with reading_as("CUSTOMER", 7):
        assert await last_texts([who]) == ["7"]
    connection = await connections.get("default").lend(wall.CUSTOMER)
    left = await connection.fetchval(who.sql)
    await connections.get("default").give_back(connection)

    assert not left
