"""The house a world stands in: as tasks of this process, or as processes that can be killed."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self

import uvicorn

from api import create_app
from devices.coap import Tuning
from devices.codec import Mode
from devices.headend import HeadEnd, Limits
from domain import outbox
from domain.base import run
from runtime import redis
from runtime.process import Process
from runtime.settings import Settings
from tests.stories.world import World, until
from workers.jobs import Tools
from workers.relay import relay
from workers.routing import HEADEND, WORKER
from workers.schedule import look_over, schedule
from workers.serve import serve

ROOT = Path(__file__).parents[2]

# A meter on loopback answers at once or not at all.
_QUICK = Tuning(first_wait_s=0.5, retransmissions=2, timeout_s=2.0)
LIMITS = Limits(
    tunings=dict.fromkeys(Mode, _QUICK),
    windows_s={Mode.EDRX: 0.05, Mode.PSM: 0.05},
    rest_first_s=0.2,
    rest_max_s=0.2,
)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self):
        yield  # they are pytest's


@asynccontextmanager
async def api(given: Settings) -> AsyncGenerator[str]:
    """Serve the API on a real socket; gives its address."""
    app = create_app(own_database=False)
    server = _Server(
        uvicorn.Config(app, host=given.api_host, port=0, log_config=None, lifespan="on")
    )
    serving = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or serving.done())
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def in_process(given: Settings, world: World) -> AsyncGenerator[None]:
    """Run head end, relay, jobs and schedule as tasks; one that ends is a fault."""
    assert given.redis_url
    assert world.gateway
    head_end = HeadEnd(plain_allowed=True, limits=LIMITS)
    await head_end.start(host=given.coap_host, port=given.coap_port)
    async with redis.doorbell(given.redis_url, listen=True) as bell:
        queue = await redis.open_queue(given.redis_url, queue=WORKER)
        acts: list[Coroutine[Any, Any, None]] = [
            relay(_Handing(queue, world), bell.wait),  # type: ignore[arg-type]
            serve(given.redis_url, WORKER, Tools(gateway=world.gateway)),
            serve(given.redis_url, HEADEND, Tools(head_end=head_end)),
            schedule(),
            look_over(),
        ]
        tasks = [asyncio.create_task(act) for act in acts]
        try:
            yield
        finally:
            ended = [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            outbox.set_bell(None)
            await queue.aclose(close_connection_pool=True)
            await head_end.stop()
        assert not ended, "a part of the house has died"


class _Handing:
    """The relay's queue; a story may do harm right after a job was handed over."""

    def __init__(self, queue: Any, world: World) -> None:
        self._queue = queue
        self._world = world

    async def enqueue_job(self, job: str, *given: Any, **named: Any) -> None:
        await self._queue.enqueue_job(job, *given, **named)
        if self._world.after_hand_over:
            await self._world.after_hand_over(job)


class Processes:
    """`feikong worker` and `feikong headend`, as an installation runs them."""

    def __init__(self, given: Settings) -> None:
        logs = given.data_dir
        self._running = {
            name: Process(
                name,
                [sys.executable, "-m", "cli", name],
                given.environment(),
                folder=ROOT,
                log=logs / f"{name}.log",
            )
            for name in ("worker", "headend")
        }

    def __enter__(self) -> Self:
        for process in self._running.values():
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.stop()

    async def kill(self, name: str) -> None:
        """kill -9."""
        child = self._running[name].child
        assert child is not None
        child.kill()
        await asyncio.to_thread(child.wait)

    async def start(self, name: str) -> None:
        """Start it again. What the dead one held is free: leases end without waiting for them."""
        await run("update outbox set lease_until = clock_timestamp() where lease_until is not null")
        self._running[name].start()
