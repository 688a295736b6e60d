"""A worker process for tests: it relays and serves, and its job takes its time."""

import asyncio
import os
import sys
from collections.abc import Sequence

from domain import base
from domain.outbox import Fact
from runtime import database, redis
from workers.jobs import Tools
from workers.relay import relay
from workers.routing import Route
from workers.serve import serve

QUEUE = "feikong:test"


async def effect(_tools: Tools, facts: Sequence[Fact]) -> None:
    for fact in facts:
        await base.run("insert into begun values ($1, $2)", fact.payload["n"], os.getpid())
        await asyncio.sleep(float(os.environ.get("TAKES_S", "0")))
        await base.run(
            "insert into effect values ($1, 1) on conflict (n) do nothing", fact.payload["n"]
        )


ROUTES = {"t": Route(QUEUE, effect)}


async def main(database_url: str, redis_url: str) -> None:
    await database.open_database(database_url)
    async with redis.doorbell(redis_url, listen=True) as bell, asyncio.TaskGroup() as tasks:
        queue = await redis.open_queue(redis_url, queue=QUEUE)
        tasks.create_task(relay(queue, bell.wait, routes=ROUTES))
        tasks.create_task(serve(redis_url, QUEUE, Tools(), routes=ROUTES))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
