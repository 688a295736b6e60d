"""The schema: brought up to date under a lock, and compared with the models."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise import connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import format_migration_name

from ._config import config
from ._quick_executor import QuickExecutor
from ._server import UnfitServer, connect

_LOCK = 0x6665696B6F6E67  # "feikong": two starts at once migrate one after the other


async def migrate(url: str, *, progress: Callable[[str, str, str], object] | None = None) -> None:
    """Create the database if it is missing and bring its schema up to date, one at a time.

    Raises UnfitServer, also where the server does not let its user make what is needed.
    """
    guard = await connected(url)
    try:
        await guard.execute("select pg_advisory_lock($1)", _LOCK)
        async with _executor(url) as executor:
            await executor.migrate(progress=progress)
    except OperationalError as failed:
        refused = failed.__cause__
        if not isinstance(refused, asyncpg.InsufficientPrivilegeError):
            raise
        raise UnfitServer(f"{refused.message}: {refused.hint or 'ask its administrator'}") from None
    finally:
        await guard.close()


async def pending(url: str) -> list[str]:
    """Return the names of migrations that the database still lacks."""
    async with _executor(url) as executor:
        return [step.migration.name for step in await executor.plan()]


async def missing_migrations() -> list[str]:
    """Return the migrations that the models call for and that nobody has written yet."""
    return [writer.name for writer in await _changes()]


async def write_migration(name: str) -> list[Path]:
    """Write what the models call for as a migration named `name`; return the new files."""
    written = []
    for writer in await _changes():
        number = int(writer.name.split("_", 1)[0])
        writer.name = format_migration_name(number, name)
        written.append(Path(str(writer.write())))
    return written


@asynccontextmanager
async def _executor(url: str) -> AsyncGenerator[QuickExecutor]:
    async with TortoiseContext() as context:
        whole = config(url, pool_max=1)
        await context.init(config=whole, init_connections=False)
        yield QuickExecutor(connections.get("default"), whole["apps"])


async def _changes() -> list[Any]:
    async with TortoiseContext() as context:
        whole = config("postgres://localhost/none")
        await context.init(config=whole, init_connections=False)
        assert context.apps is not None
        return list(await MigrationAutodetector(context.apps, whole["apps"]).changes())


async def connected(url: str) -> asyncpg.Connection:
    """Connect to the database that `url` names, making it where it is missing."""
    try:
        return await connect(url)
    except asyncpg.InvalidCatalogNameError:
        parts = urlsplit(url)
        server = await connect(parts._replace(path="/postgres").geturl())
        try:
            await server.execute(f'create database "{unquote(parts.path.lstrip("/"))}"')
        except asyncpg.DuplicateDatabaseError:
            pass
        except asyncpg.InsufficientPrivilegeError as refused:
            msg = "the database does not exist and this user may not make it: ask its administrator"
            raise UnfitServer(msg) from refused
        finally:
            await server.close()
        return await connect(url)
