"""Redis: the doorbell rings other processes, and nobody waits for a Redis that is away."""

import asyncio
import time

from structlog.testing import capture_logs

from runtime.redis import decode, doorbell, encode, is_ready, open_queue


async def test_a_ring_is_heard(redis_url: str) -> None:
    async with doorbell(redis_url) as here, doorbell(redis_url, listen=True) as there:
        async with asyncio.timeout(5):
            while True:  # the subscription takes a moment; rings before it get lost, as they may
                here.ring()
                if await there.wait(0.05):
                    break


async def test_waiting_ends_without_a_ring(redis_url: str) -> None:
    async with doorbell(redis_url, listen=True) as bell:
        assert not await bell.wait(0.01)


async def test_ringing_neither_waits_nor_fails_without_redis() -> None:
    began = time.monotonic()
    async with doorbell("redis://127.0.0.1:1/0", listen=True) as bell:
        for _ in range(1000):
            bell.ring()
        assert not await bell.wait(0.01)
    assert time.monotonic() - began < 5
    assert not await is_ready("redis://127.0.0.1:1/0")


async def test_a_redis_that_is_away_at_the_start_is_told() -> None:
    with capture_logs() as logs:
        async with doorbell("redis://127.0.0.1:1/0"), asyncio.timeout(20):
            while not logs:
                await asyncio.sleep(0.01)
    assert [each["event"] for each in logs] == ["redis_away"]
    assert "REDIS_URL" in logs[0]["mend"]


async def test_jobs_travel_as_json(redis_url: str) -> None:
    queue = await open_queue(redis_url, queue="test")
    job = await queue.enqueue_job("carry", [1, 2], _job_id="one")
    assert job is not None
    raw = await queue.get("arq:job:one")
    await queue.aclose()
    assert decode(raw)["a"] == [[1, 2]]
    assert decode(encode({"e": ValueError("x")})) == {"e": "x"}
    assert await is_ready(redis_url)
