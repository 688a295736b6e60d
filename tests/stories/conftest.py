"""The worlds in which the stories happen. After each one the books and the control must hold."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from domain import outbox, reporting
from runtime import settings
from runtime.embedded import free_port
from runtime.settings import Settings
from tests.stories.house import Processes, api, in_process
from tests.stories.world import Sms, World
from workers.gateways import RecordingGateway


@pytest.fixture
def given(database, redis_url, clock, tmp_path: Path) -> Settings:
    """The settings of the house: its own clock file, folder and ports."""
    changes = {
        "database_url": database,
        "redis_url": redis_url,
        "clock_file": tmp_path / "clock",
        "data_dir": tmp_path,
        "coap_port": free_port(udp=True),
        "worker_health_port": 0,
        "headend_health_port": 0,
        "sms_gateway": "record",
        "log_level": "warning",
    }
    made = settings.load(settings.settings().model_dump() | changes)
    settings.use(made)
    return made


@pytest.fixture
async def world(given: Settings, clock) -> AsyncIterator[World]:
    """The house as tasks of this process."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(api(given))
        made = World(clock, url, ("127.0.0.1", given.coap_port), Sms(given.data_dir / "sms.jsonl"))
        made.gateway = RecordingGateway(path=given.data_dir / "sms.jsonl")
        await stack.enter_async_context(in_process(given, made))
        stack.push_async_callback(made.close)
        await made.found()
        yield made
        await _holds()


@pytest.fixture
async def house_of_processes(given: Settings, clock) -> AsyncIterator[tuple[World, Processes]]:
    """Worker and head end as processes of their own; killing them is part of the story."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(api(given))
        made = World(clock, url, ("127.0.0.1", given.coap_port), Sms(given.data_dir / "sms.jsonl"))
        processes = stack.enter_context(Processes(given))
        stack.push_async_callback(made.close)
        await made.found()
        yield made, processes
        await _holds()


async def _holds() -> None:
    assert (await outbox.depth()).dead == 0
    assert [each for each in await reporting.verify() if each.breaches] == []
