"""Run one process of the house until it is told to stop."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import uvicorn
import uvloop

from runtime import database, health
from runtime.settings import Settings

from ._head import BoundedHead


def run_api(given: Settings) -> None:
    """Serve the API; a busy port ends it with uvicorn's own line."""
    uvicorn.run(
        "api:create_app",
        factory=True,
        host=given.api_host,
        port=given.api_port,
        loop="uvloop",
        http=BoundedHead,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        ws_max_size=64 * 1024,
        ws_ping_interval=20,
        ws_ping_timeout=20,
    )


def run_until_stopped(
    work: Coroutine[Any, Any, None], host: str, port: int, *, opened: asyncio.Event | None = None
) -> None:
    """Run `work` beside its health port until SIGTERM or Ctrl-C, which cancel it in order.

    It is ready when it reaches the database and, where `opened` is given, hears the meters.
    """
    uvloop.run(_both(work, host, port, opened=opened))


async def _both(
    work: Coroutine[Any, Any, None], host: str, port: int, *, opened: asyncio.Event | None
) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, task.cancel)
    beside = asyncio.create_task(health.serve(host, port, checks=_checks(opened)))
    try:
        await work
    except asyncio.CancelledError:
        pass
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)


def _checks(opened: asyncio.Event | None) -> dict[str, health.Check]:
    checks: dict[str, health.Check] = {"database": database.is_ready}
    if opened is not None:

        async def hears() -> bool:  # ruff: ignore[unused-async] -- what is asked may wait elsewhere
            return opened.is_set()

        checks["coap"] = hears
    return checks
