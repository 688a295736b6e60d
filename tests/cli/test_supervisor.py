"""The supervisor is the parent: what dies is started again, and nothing outlives it."""

import shutil
import signal
import sys
from pathlib import Path

import psutil
import pytest
from command import environment, started, until

from cli import Supervisor
from runtime.process import ProcessFailed

SLEEP = ("-c", "import time; time.sleep(600)")
PARENT = """
import asyncio, sys
from cli import Supervisor
async def main():
    supervisor = Supervisor(environment={})
    supervisor.start("one", "-c", "import time; time.sleep(600)")
    print("started", flush=True)
    await supervisor.watch()
asyncio.run(main())
"""


async def test_a_dead_child_is_started_again(place: Path) -> None:
    import asyncio

    supervisor = Supervisor({}, logs=place)
    supervisor.start("one", *SLEEP)
    watching = asyncio.create_task(supervisor.watch())
    first = supervisor.processes["one"].child
    assert first
    first.kill()
    async with asyncio.timeout(20):
        while supervisor.processes["one"].child is first or not supervisor.processes["one"].alive():
            await asyncio.sleep(0.02)
    watching.cancel()
    second = supervisor.processes["one"].child
    supervisor.stop()
    assert second
    assert not psutil.pid_exists(second.pid)


async def test_a_server_that_does_not_come_back_is_tried_again() -> None:
    import asyncio

    class Poor:
        asked = 0

        def revive(self) -> list[str]:
            self.asked += 1
            if self.asked == 1:
                raise ProcessFailed("PostgreSQL did not start")
            return []

    servers = Poor()
    watching = asyncio.create_task(Supervisor({}, servers=servers).watch())  # type: ignore[arg-type]
    async with asyncio.timeout(20):
        while servers.asked < 2:
            await asyncio.sleep(0.02)
    assert not watching.done()
    watching.cancel()


async def test_a_child_that_cannot_be_started_is_tried_again(place: Path) -> None:
    import asyncio

    logs = place / "logs"
    logs.mkdir()
    supervisor = Supervisor({}, logs=logs)
    supervisor.start("one", *SLEEP)
    one = supervisor.processes["one"]
    assert one.child
    shutil.rmtree(logs)
    one.child.kill()
    one.child.wait()
    watching = asyncio.create_task(supervisor.watch())
    async with asyncio.timeout(20):
        while supervisor._deaths.get("one", 0) < 2:
            assert not watching.done()
            await asyncio.sleep(0.02)
        logs.mkdir()
        while not one.alive():
            await asyncio.sleep(0.02)
    watching.cancel()
    supervisor.stop()


async def test_a_child_that_ends_at_once_is_reported_with_its_last_words(place: Path) -> None:
    supervisor = Supervisor({}, logs=place)
    supervisor.start("one", "-c", "import sys; sys.exit('port 5683 is busy')")
    with pytest.raises(ProcessFailed, match="port 5683 is busy"):
        await supervisor.ready(lambda: False)
    supervisor.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="needs the parent's death signal")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_children_die_with_a_killed_supervisor(number: signal.Signals, place: Path) -> None:
    with started("-c", PARENT, env=environment(place)) as parent:
        parent.says("started")
        children = parent.children()
        assert len(children) == 1
        parent.process.send_signal(number)
        until(lambda: not any(child.is_running() for child in children), "children are gone")
