"""Serve one queue: an arq worker that outlives its Redis."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from arq import ArqRedis, Worker, func
from arq.worker import Function
from redis.exceptions import RedisError

from runtime import redis
from workers.carry import carry
from workers.jobs import Tools
from workers.routing import ROUTES, Route

log = structlog.get_logger()

POLL_S = 0.02
JOBS_AT_ONCE = 20
PAUSE_S = 1.0


async def serve(
    url: str, queue: str, tools: Tools, *, routes: Mapping[str, Route] = ROUTES
) -> None:
    """Run the jobs of one queue until cancelled; without Redis, wait for it."""
    functions = [_function(route) for route in routes.values() if route.queue == queue]
    while True:
        worker = _arq_worker(url, queue, functions, tools)
        try:
            await worker.async_run()
        except (RedisError, OSError) as outage:
            log.warning("redis_outage", error=repr(outage))
            await asyncio.sleep(PAUSE_S)
        finally:
            await _stopped(worker)


def _function(route: Route) -> Function:
    async def job(ctx: dict[Any, Any], ids: Sequence[int], leases: Sequence[str]) -> None:
        await carry(route, ctx["tools"], ids, leases)

    return func(job, name=route.job, timeout=route.longest_s)


def _arq_worker(url: str, queue: str, functions: Sequence[Function], tools: Tools) -> Worker:
    return Worker(
        functions,
        queue_name=queue,
        redis_settings=redis.queue_settings(url),
        ctx={"tools": tools},
        handle_signals=False,
        poll_delay=POLL_S,
        max_jobs=JOBS_AT_ONCE,
        keep_result=0,
        max_tries=1,  # the outbox tries again, not arq
        log_results=False,
        job_serializer=redis.encode,
        job_deserializer=redis.decode,
    )


async def _stopped(worker: Worker) -> None:
    running = [task for task in worker.tasks.values() if not task.done()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    if worker._pool is not None:  # ruff: ignore[private-member-access] -- `close` would wait for a Redis that is away
        await closed(worker._pool)  # ruff: ignore[private-member-access]


async def closed(queue: ArqRedis) -> None:
    """Close a pool whose Redis may be away."""
    with suppress(RedisError, OSError, TimeoutError):
        async with asyncio.timeout(PAUSE_S):
            await queue.aclose(close_connection_pool=True)
