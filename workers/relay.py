"""Relay: hand committed facts to the queues. Any number of relays may run."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import structlog
from arq import ArqRedis
from prometheus_client import Counter

from domain import outbox
from domain.outbox import Claim
from workers.routing import ROUTES, Route

log = structlog.get_logger()

HANDED = Counter("feikong_facts_handed_out", "Facts that a relay put into a queue", ["topic"])

BATCH = 500
LEASE_S = 5.0  # a flushed queue is filled again after this long
POLL_S = 0.04
PAUSE_S = 0.5


async def relay(
    queue: ArqRedis,
    wait: Callable[[float], Awaitable[object]],
    *,
    routes: Mapping[str, Route] = ROUTES,
) -> None:
    """Hand facts out for ever; `wait(seconds)` returns early when the doorbell rings."""
    while True:
        try:
            handed = await hand_out(queue, routes=routes)
        except Exception as outage:  # ruff: ignore[blind-except] -- the edge: it goes on when the other side is back
            log.warning("relay_outage", error=repr(outage))
            await asyncio.sleep(PAUSE_S)
            continue
        if handed < BATCH:
            await wait(POLL_S)


async def hand_out(queue: ArqRedis, *, routes: Mapping[str, Route] = ROUTES) -> int:
    """Claim what is due and put one job per topic into its queue; return how many facts."""
    claims = await outbox.claim(BATCH, LEASE_S)
    topics: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        topics[claim.topic].append(claim)
    try:
        await asyncio.gather(
            *(_enqueue(queue, topic, routes.get(topic), found) for topic, found in topics.items())
        )
    except Exception:
        await outbox.release([claim.id for claim in claims])
        raise
    return len(claims)


async def _enqueue(queue: ArqRedis, topic: str, route: Route | None, claims: list[Claim]) -> None:
    ids = [claim.id for claim in claims]
    if route is None:
        log.error("fact_without_route", topic=topic, ids=ids)
        await outbox.bury(ids, why="no route")
        return
    leases = sorted({claim.lease.isoformat() for claim in claims})
    # The job's id is the claim's: asked twice by a client that retries, it is one job.
    await queue.enqueue_job(
        route.job,
        ids,
        leases,
        _job_id=f"{topic}:{ids[0]}:{leases[-1]}",
        _queue_name=route.queue,
    )
    HANDED.labels(topic).inc(len(ids))
