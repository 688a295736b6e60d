"""Redis: the doorbell and arq's queue. It may vanish at any moment; nothing is lost with it.

Clients retry quietly through a restart. Jobs travel as JSON, never as pickle.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import unquote

import orjson
import structlog
from arq import ArqRedis, create_pool
from arq.connections import RedisSettings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

__all__ = ["Doorbell", "decode", "doorbell", "encode", "is_ready", "open_queue", "queue_settings"]

log = structlog.get_logger()

_CHANNEL = "feikong:bell"
_AWAY = (RedisConnectionError, RedisTimeoutError, OSError)


def queue_settings(url: str) -> RedisSettings:
    """Return arq's connection settings: a worker outlives about a minute without Redis."""
    given = RedisSettings.from_dsn(url)
    # arq takes them as they stand in the URL, where redis's own client decodes them.
    given.username = given.username and unquote(given.username)
    given.password = given.password and unquote(given.password)
    given.retry = Retry(ExponentialBackoff(cap=1, base=0.05), 60)
    given.retry_on_error = list(_AWAY)
    given.retry_on_timeout = True
    return given


async def open_queue(url: str, *, queue: str) -> ArqRedis:
    """Open arq's pool for one queue."""
    return await create_pool(
        queue_settings(url),
        job_serializer=encode,
        job_deserializer=decode,
        default_queue_name=queue,
    )


def encode(content: Any) -> bytes:
    """Pack a job; what JSON cannot say (an exception) is said as text."""
    return orjson.dumps(content, default=str, option=orjson.OPT_NON_STR_KEYS)


def decode(packed: bytes) -> Any:
    """Unpack a job."""
    return orjson.loads(packed)


class Doorbell:
    """Says "there is something in the outbox": coalesced, after the commit, and may get lost."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pulled = asyncio.Event()
        self._heard = asyncio.Event()

    def ring(self) -> None:
        """Ring soon; many rings in a row become one. Never blocks, never fails."""
        self._pulled.set()

    async def wait(self, timeout: float) -> bool:
        """Wait for a ring of any process, at most `timeout` seconds; tell whether it rang."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._heard.wait()
        rang = self._heard.is_set()
        self._heard.clear()
        return rang

    async def carry(self) -> None:
        """Publish rings for ever: the bell's own task. Says so if nobody answers at the start."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as away:
            log.warning("redis_away", error=str(away), mend="check REDIS_URL: jobs wait for it")
        while True:
            await self._pulled.wait()
            self._pulled.clear()
            with suppress(RedisError, OSError):
                await self._redis.publish(_CHANNEL, b"")

    async def listen(self) -> None:
        """Hear other processes' rings for ever: the bell's own task."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(_CHANNEL)
                    async for told in channel.listen():
                        if told["type"] == "message":
                            self._heard.set()
            except (RedisError, OSError):
                await asyncio.sleep(0.2)


@asynccontextmanager
async def doorbell(url: str, *, listen: bool = False) -> AsyncGenerator[Doorbell]:
    """Hang up a bell for as long as the block lasts; with `listen` it can be waited for.

    Waits for no connection: a process starts and stays up without Redis.
    """
    redis = Redis.from_url(url, socket_connect_timeout=1)
    bell = Doorbell(redis)
    acts = [bell.carry(), *([bell.listen()] if listen else [])]
    tasks = [asyncio.create_task(act) for act in acts]
    try:
        yield bell
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await redis.aclose()


async def is_ready(url: str) -> bool:
    """Tell whether Redis answers."""
    redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        await redis.ping()
    except (RedisError, OSError):
        return False
    finally:
        await redis.aclose()
    return True
