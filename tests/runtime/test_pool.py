"""The pool lends connections in order, and turns away who would wait too long."""

import asyncio
from datetime import timedelta

import pytest

from domain.base import transaction, value
from runtime.database import Overloaded, close_database, open_database, turn_away_after


@pytest.fixture
async def only_one(database_url):
    await open_database(database_url, pool_max=1)
    yield
    await close_database()


async def _held(begun: asyncio.Event, end: asyncio.Event) -> None:
    async with transaction():
        await value("select 1")
        begun.set()
        await end.wait()


async def test_whoever_waits_too_long_is_turned_away(only_one):
    begun, end = asyncio.Event(), asyncio.Event()
    holder = asyncio.create_task(_held(begun, end))
    await begun.wait()
    turn_away_after(timedelta(milliseconds=20))

    with pytest.raises(Overloaded):
        await value("select 1")
    end.set()
    await holder

    assert await value("select 2") == 2


async def test_a_connection_that_the_server_closed_leaves_its_place_to_the_next(only_one):
    with pytest.raises(Exception, match="terminating connection"):
        await value("select pg_terminate_backend(pg_backend_pid())")
    turn_away_after(timedelta(seconds=5))

    assert await value("select 2") == 2


async def test_who_waits_is_served_in_the_order_of_asking(only_one):
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
