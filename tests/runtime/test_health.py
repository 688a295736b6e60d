"""Health: live while the process answers, ready while what it needs is there."""

import asyncio

import httpx

from runtime import health
from runtime.embedded import free_port


async def _no() -> bool:
    return False


async def test_ready_follows_the_database(database: str) -> None:
    port = free_port()
    serving = asyncio.create_task(health.serve("127.0.0.1", port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        async with asyncio.timeout(10):
            while True:
                try:
                    ready = await client.get("/readyz")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)
        assert (ready.status_code, ready.json()) == (200, {"database": True})
        assert (await client.get("/livez")).text == "ok"
        assert "python_info" in (await client.get("/metrics")).text
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_missing_need_is_named() -> None:
    from starlette.applications import Starlette

    transport = httpx.ASGITransport(Starlette(routes=health.routes({"gateway": _no})))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"gateway": False})
