"""Fixtures for every test: real servers, a fresh database each, a clock that stands still."""

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import time
from uuid import uuid4

# Before any of our modules is imported: tests see no settings of the person who runs them.
for _name in [k for k in os.environ if k.startswith("FEIKONG_")]:
    del os.environ[_name]
_OWN = {name: os.environ.pop(name, None) for name in ("DATABASE_URL", "REDIS_URL")}

import asyncpg  # ruff: ignore[module-import-not-at-top-of-file]
import psutil  # ruff: ignore[module-import-not-at-top-of-file]
import pytest  # ruff: ignore[module-import-not-at-top-of-file]
import structlog  # ruff: ignore[module-import-not-at-top-of-file]
import uvloop  # ruff: ignore[module-import-not-at-top-of-file]
from hypothesis import settings as hypothesis_settings  # ruff: ignore[module-import-not-at-top-of-file]
from redis.asyncio import Redis  # ruff: ignore[module-import-not-at-top-of-file]

from runtime import clock as runtime_clock  # ruff: ignore[module-import-not-at-top-of-file]
from runtime import logs  # ruff: ignore[module-import-not-at-top-of-file]
from runtime import settings as runtime_settings  # ruff: ignore[module-import-not-at-top-of-file]
from runtime.clock import DrivenClock  # ruff: ignore[module-import-not-at-top-of-file]
from runtime.database import close_database, migrate, open_database  # ruff: ignore[module-import-not-at-top-of-file]
from runtime.embedded import Servers, running  # ruff: ignore[module-import-not-at-top-of-file]
from runtime.settings import Settings  # ruff: ignore[module-import-not-at-top-of-file]

# A loaded machine is slow, not wrong: no example is timed. What a run says of a commit, the next
# one says too: the examples are the same each time, but for who explores.
hypothesis_settings.register_profile("feikong", deadline=None, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None)
hypothesis_settings.load_profile("feikong")

# As `runtime.logs`, with plain tracebacks: a second of CPU goes into colours for each otherwise.
_PROCESSORS = structlog.get_config()["processors"]
structlog.configure([structlog.processors.format_exc_info, *_PROCESSORS])

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Shanghai: inside the trip window of a working day."""

# The tests kill processes, not the machine: only a power cut needs fsync.
_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "max_wal_size": "256MB",
}
_MEMORY, _ROOM_BYTES, _LEFT_S = Path("/dev") / "shm", 2 << 30, 3600
_numbers = count(1)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run every test on the loop that the house's processes run on."""
    return {"uvloop": uvloop.new_event_loop}


@contextmanager
def servers_folder() -> Generator[Path]:
    """Give a folder for the block that embedded servers can reach, as those of pytest cannot be.

    It lies in memory where there is room: a database has 560 files, and each test wants its own.
    """
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    path = Path(tempfile.mkdtemp(prefix="feikong-test-", dir=_MEMORY if roomy else None))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _sweep() -> None:
    """Give back the memory of sessions that were killed an hour ago or more."""
    for lock in _MEMORY.glob("feikong-test-*/owner.lock"):
        with suppress(OSError):
            owner, age_s = lock.read_text().strip(), time() - lock.stat().st_mtime
            if age_s > _LEFT_S and not (owner.isdigit() and psutil.pid_exists(int(owner))):
                shutil.rmtree(lock.parent)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Give a folder for the session's servers."""
    _sweep()
    with servers_folder() as path:
        yield path


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a folder for the servers of one test."""
    with servers_folder() as path:
        yield path


@pytest.fixture(scope="session")
def servers(folder: Path) -> Iterator[Servers]:
    """Run PostgreSQL and Valkey for the session; DATABASE_URL and REDIS_URL bring their own."""
    own_database, own_redis = _OWN["DATABASE_URL"], _OWN["REDIS_URL"]
    if own_database and own_redis:
        yield Servers(own_database, own_redis, {})
        return
    with running(folder, settings=_QUICK) as started:
        yield started


@pytest.fixture(scope="session")
def template(servers: Servers) -> Iterator[str]:
    """Give the URL of a migrated database from which each test's own is cloned."""
    url = _renamed(servers.database_url, f"feikong_template_{uuid4().hex[:8]}")
    asyncio.run(migrate(url))
    yield url
    asyncio.run(_drop(servers.database_url, url))


@pytest.fixture(scope="session")
def during_and_after(folder: Path) -> tuple[Settings, Settings]:
    """Give the settings that each test begins with, and what it leaves behind."""
    plain = {"profile": "test", "data_dir": folder}
    given = {**plain, "plain_coap": True, "api_port": 0, "coap_port": 0}
    return runtime_settings.load(given), runtime_settings.load(plain)


@pytest.fixture(autouse=True)  # ruff: ignore[pytest-fixture-autouse] -- no test reads the environment
def _settings(during_and_after: tuple[Settings, Settings]) -> Iterator[None]:
    runtime_settings.use(during_and_after[0])
    yield
    runtime_settings.use(during_and_after[1])


@pytest.fixture
async def database_url(template: str) -> AsyncIterator[str]:
    """Give the URL of a fresh, migrated database that nobody has opened."""
    url = _renamed(template, f"feikong_test_{os.getpid()}_{next(_numbers)}")
    source, target = template.rpartition("/")[2], url.rpartition("/")[2]
    server = await asyncpg.connect(_renamed(template, "postgres"))
    await server.execute(f'create database "{target}" template "{source}" strategy file_copy')
    await server.close()
    yield url
    await _drop(template, url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """Open a fresh, migrated database for this test and give its URL."""
    await open_database(database_url, pool_max=20)
    yield database_url
    await close_database()


@pytest.fixture
async def redis_url(servers: Servers) -> str:
    """Give the URL of an empty Valkey."""
    redis = Redis.from_url(servers.redis_url)
    await redis.flushall()
    await redis.aclose()
    return servers.redis_url


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[DrivenClock]:
    """Give business time that stands still until the test moves it: `clock.forward(hours=1)`."""
    driven = DrivenClock.create(tmp_path / "clock", MORNING)
    runtime_clock.use(driven)
    yield driven
    runtime_clock.use(None)
    driven.close()


def _renamed(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


async def _drop(server_url: str, url: str) -> None:
    server = await asyncpg.connect(_renamed(server_url, "postgres"))
    with suppress(asyncpg.InvalidCatalogNameError):
        await server.execute(f'drop database "{url.rpartition("/")[2]}" with (force)')
    await server.close()


@contextmanager
def process_logs() -> Generator[None]:
    """Log as a process does for as long as the block lasts."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    try:
        logs.configure(form="json", process="test")
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)
