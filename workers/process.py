"""The two processes that run jobs: the worker, and the head end that owns the meters' socket."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from redis.exceptions import RedisError

from domain import notification, outbox
from domain.notification import Currency
from runtime import database, memory, redis
from runtime.redis import Doorbell
from runtime.settings import Settings, settings
from workers import gateways
from workers.jobs import Tools
from workers.relay import relay
from workers.routing import HEADEND, WORKER
from workers.schedule import bill, look_over, schedule
from workers.serve import closed, serve

log = structlog.get_logger()

PAUSE_S = 1.0


async def run_worker() -> None:
    """Run the relay, the schedule and the worker's jobs until cancelled."""
    given = settings()
    memory.collect_seldom()
    both = gateways.push_and_sms(given)
    async with _house(given, "worker", listen=True) as (bell, url), asyncio.TaskGroup() as tasks:
        push = await gateways.choose_push(given)
        tools = Tools(gateways.choose(given), push=push, push_and_sms=both)
        tasks.create_task(serve(url, WORKER, tools))
        tasks.create_task(_relay(url, bell))
        tasks.create_task(schedule())
        tasks.create_task(bill())
        tasks.create_task(look_over())


async def run_headend(*, opened: asyncio.Event) -> None:
    """Own the CoAP socket, take uplinks and deliver commands until cancelled.

    `opened` is set when meters are heard.
    """
    from devices.headend import HeadEnd  # ruff: ignore[import-outside-top-level] -- the worker needs no CoAP

    given = settings()
    head_end = HeadEnd(plain_allowed=given.plain_coap)
    async with _house(given, "headend") as (_, url):
        await head_end.start(host=given.coap_host, port=given.coap_port)
        opened.set()
        try:
            await serve(url, HEADEND, Tools(head_end=head_end))
        finally:
            await head_end.stop()


@asynccontextmanager
async def _house(
    given: Settings, name: str, *, listen: bool = False
) -> AsyncGenerator[tuple[Doorbell, str]]:
    assert given.database_url
    assert given.redis_url
    notification.speak_of(Currency(given.currency, given.minor_digits))
    logging.getLogger("arq").setLevel(logging.WARNING)  # it says two lines for each job
    await database.open_database(
        given.database_url,
        pool_min=given.pool_min,
        pool_max=given.pool_max,
        name=name,
        strict=given.profile == "production",
    )
    try:
        async with redis.doorbell(given.redis_url, listen=listen) as bell:
            outbox.set_bell(bell.ring)
            yield bell, given.redis_url
    finally:
        outbox.set_bell(None)
        await database.close_database()


async def _relay(url: str, bell: Doorbell) -> None:
    while True:
        try:
            queue = await redis.open_queue(url, queue=WORKER)
        except (RedisError, OSError) as outage:
            log.warning("redis_outage", error=repr(outage))
            await asyncio.sleep(PAUSE_S)
            continue
        try:
            await relay(queue, bell.wait)
        finally:
            await closed(queue)
