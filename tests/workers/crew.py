"""Relays and workers that run inside a test."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic

from domain import base, outbox
from runtime import redis
from workers.jobs import Tools
from workers.relay import relay
from workers.routing import Route
from workers.serve import serve


async def add(count: int, topic: str = "t") -> None:
    async with base.transaction():
        for n in range(count):
            await outbox.add(topic, n=n)


async def tables() -> None:
    """Make the place where effects leave their trace."""
    await base.run("create table effect (n bigint primary key, times int not null default 1)")
    await base.run("create table begun (n bigint, pid int)")


async def until(true: Callable[[], Awaitable[bool]], within_s: float = 30) -> None:
    """Wait until it is true; a bound, never a hope."""
    deadline = monotonic() + within_s
    while not await true():
        assert monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


async def quiet() -> bool:
    return (await outbox.depth()).waiting == 0


@asynccontextmanager
async def crew(
    url: str, routes: Mapping[str, Route], tools: Tools | None = None, *, relays: int = 1
) -> AsyncGenerator[None]:
    """Run relays and one worker for each queue of the routes."""
    async with redis.doorbell(url, listen=True) as bell:
        outbox.set_bell(bell.ring)
        pools = [await redis.open_queue(url, queue="feikong:test") for _ in range(relays)]
        acts = [relay(pool, bell.wait, routes=routes) for pool in pools]
        acts += [
            serve(url, queue, tools or Tools(), routes=routes)
            for queue in {route.queue for route in routes.values()}
        ]
        tasks = [asyncio.create_task(act) for act in acts]
        try:
            yield
        finally:
            outbox.set_bell(None)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for pool in pools:
                await pool.aclose(close_connection_pool=True)
