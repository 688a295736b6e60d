"""A server is killed after accrual said that it was done, and before that was on the disk.

The server is real and its own; its WAL writer is stopped, so that what does not wait for the disk
does not get there. Then all its processes are killed at once.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest

from domain import charge_control, command, metering, reporting
from domain.base import rows, value
from runtime.database import close_database, migrate, open_database
from runtime.embedded import Servers, running
from tests import seed
from tests.conftest import MORNING, servers_folder
from tests.seed import HOUR, Home

# Nothing else may write the WAL: not the writer of dirty buffers, and nobody who cleans up. The
# machine does not fall, so what was handed to it is kept without fsync.
ALONE = {"bgwriter_lru_maxpages": "0", "autovacuum": "off", "fsync": "off"}


class Crash:
    """A house on a server that can be killed."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers

    def processes(self) -> list[psutil.Process]:
        postmaster, _ = self.servers.processes["PostgreSQL"]
        assert postmaster.child is not None
        found = psutil.Process(postmaster.child.pid)
        return [found, *found.children()]

    def hold_wal_writer(self) -> None:
        (writer,) = [p for p in self.processes() if "walwriter" in " ".join(p.cmdline())]
        writer.send_signal(signal.SIGSTOP)

    async def now(self) -> None:
        """Kill it, start it again, and open the house anew."""
        await close_database()
        killed = self.processes()
        for each in killed:
            each.send_signal(signal.SIGKILL)
        psutil.wait_procs(killed, timeout=20)
        assert self.servers.revive() == ["PostgreSQL"]
        await open_database(self.servers.database_url)


@pytest.fixture(scope="module")
def server() -> Iterator[Servers]:
    """Run one server for both tests: making it costs more than they do."""
    with (
        servers_folder() as place,
        running(place, settings=ALONE, redis=False) as servers,
    ):
        asyncio.run(migrate(servers.database_url))
        yield servers


@pytest.fixture
async def crash(server: Servers) -> AsyncIterator[Crash]:
    await open_database(server.database_url)
    yield Crash(server)
    await close_database()


async def listed() -> int:
    """Return how many accounts wait for their charge."""
    return await value("select count(*) from usage_changed_account")


async def positions() -> list[dict]:
    return await rows("select * from account_position order by account_id")


async def is_whole() -> bool:
    return not [each for each in await reporting.verify() if each.breaches]


async def report(home: Home, hour: int) -> None:
    """Take another kWh in; nobody charges it yet."""
    home.registers = (0, home.registers[1] + 1_000, 0, 0, 0)
    await command.hear([home.uplink(MORNING + hour * HOUR)], now=MORNING + hour * HOUR)


async def assess(hour: int) -> int:
    return await charge_control.assess(limit=100, now=MORNING + hour * HOUR)


async def test_what_a_crash_takes_from_accrual_is_computed_again(crash: Crash) -> None:
    home = await seed.home(await seed.district(now=MORNING), now=MORNING, opening_fen=100_000)
    await metering.ensure_partitions([MORNING.date()])
    await home.uses(1_000, at=MORNING + HOUR)
    before = await positions()
    crash.hold_wal_writer()
    await report(home, 2)
    assert await listed() == 1
    assert await assess(2) == 1
    done = await positions()
    assert (await listed(), done != before) == (0, True)

    await crash.now()
    assert (await listed(), await positions()) == (1, before), "the commit was lost, and as a whole"
    assert await value("select max(total_wh) from reading") == 2_000, "what was acknowledged is not"
    assert await is_whole()
    assert await assess(2) == 1
    assert (await listed(), await positions()) == (0, done)
    assert await is_whole()

    # Whoever waits for the disk brings along what was committed before.
    crash.hold_wal_writer()
    await report(home, 3)
    assert await assess(3) == 1
    done = await positions()
    await home.pays(500, at=MORNING + 3 * HOUR)
    paid = await positions()
    await crash.now()
    assert (await listed(), await positions()) == (0, paid)
    assert (
        sum(p["available_fen"] - d["available_fen"] for p, d in zip(paid, done, strict=True)) == 500
    )
    assert await is_whole()


async def test_a_crossing_waits_for_the_disk_with_what_it_leads_to(crash: Crash) -> None:
    home = await seed.home(await seed.district("D2", now=MORNING), now=MORNING, opening_fen=40)
    await metering.ensure_partitions([MORNING.date()])
    crash.hold_wal_writer()
    await report(home, 1)
    assert await assess(1) == 1
    assert home.account_id in {each["account_id"] for each in await rows("select * from episode")}
    told, done = await home.messages(), await positions()
    assert told
    await crash.now()
    assert (await listed(), await positions()) == (0, done)
    assert await home.messages() == told
    assert await is_whole()
