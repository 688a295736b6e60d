"""Carry facts through their job, and decide what becomes of those that fail."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from prometheus_client import Counter

from domain import outbox
from domain.base import Refusal
from domain.outbox import Fact
from workers.jobs import Later, Tools
from workers.routing import Route

log = structlog.get_logger()

FAILED = Counter("feikong_jobs_failed", "Jobs that raised a fault", ["job"])
BURIED = Counter("feikong_facts_buried", "Facts put aside for a person", ["topic"])

LEASE_S = 6.0  # what a killed process held is handed out again after this long
HEARTBEAT_S = 2.0
ATTEMPTS_MAX = 8
LONGEST_WAIT_S = 60.0


async def carry(route: Route, tools: Tools, ids: Sequence[int], leases: Sequence[str]) -> None:
    """Start the claimed facts and do their effect, each group apart from the others."""
    facts = await outbox.start(
        ids, leases=[datetime.fromisoformat(lease) for lease in leases], lease_s=LEASE_S
    )
    for fact in facts:
        if fact.attempts > ATTEMPTS_MAX:  # its process died each time before it could say why
            await _bury([fact], "killed")
    facts = tuple(fact for fact in facts if fact.attempts <= ATTEMPTS_MAX)
    groups = [facts] if route.together and facts else [(fact,) for fact in facts]
    some = asyncio.Semaphore(route.at_once)
    held = {fact.id for fact in facts}
    async with _kept(held):
        await asyncio.gather(*(_effect(route, tools, group, some, held) for group in groups))


async def _effect(
    route: Route, tools: Tools, group: Sequence[Fact], some: asyncio.Semaphore, held: set[int]
) -> None:
    ids = [fact.id for fact in group]
    async with some:
        try:
            try:
                await route.act(tools, group)
            finally:  # before it is written down what becomes of them
                held.difference_update(ids)
        except Later as later:
            await outbox.postpone(ids, later.delay_s)
        except Refusal as refusal:
            log.info("fact_refused", job=route.job, code=refusal.code, ids=ids)
            await outbox.done(ids)
        except Exception as fault:  # ruff: ignore[blind-except] -- the edge: one poisoned fact stops no other
            await _failed(route, group, fault)
        else:
            await outbox.done(ids)


async def _failed(route: Route, group: Sequence[Fact], fault: Exception) -> None:
    spent = [fact for fact in group if fact.attempts >= ATTEMPTS_MAX]
    left = [fact for fact in group if fact.attempts < ATTEMPTS_MAX]
    log.warning(
        "job_failed",
        job=route.job,
        ids=[fact.id for fact in group],
        error=repr(fault),
        exc_info=fault,
    )
    FAILED.labels(route.job).inc()
    if spent:
        await _bury(spent, repr(fault))
    for fact in left:
        await outbox.retry([fact.id], min(0.25 * 2**fact.attempts, LONGEST_WAIT_S))


async def _bury(facts: Sequence[Fact], why: str) -> None:
    ids = [fact.id for fact in facts]
    log.error("facts_buried", topic=facts[0].topic, ids=ids, error=why)
    BURIED.labels(facts[0].topic).inc(len(ids))
    await outbox.bury(ids, why=why)


@asynccontextmanager
async def _kept(held: set[int]) -> AsyncGenerator[None]:
    """Prolong the leases of what is still held for as long as the block lasts."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            with suppress(Exception):  # a missed beat may cost a second run, never the effect
                await outbox.retry(sorted(held), LEASE_S)

    heart = asyncio.create_task(beat())
    try:
        yield
    finally:
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)
