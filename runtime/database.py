"""Database: one pool per process, migrations under a lock, and a server that can be trusted.

`open_database` refuses a server older than PostgreSQL 15; in production also one that may lose an
acknowledged payment (`fsync` or `synchronous_commit` off).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise import Tortoise, connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.api import migrate as apply_migrations
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.writer import format_migration_name

import domain
from runtime.clock import wall
from runtime.pool import Overloaded

__all__ = [
    "OLDEST",
    "NotOurs",
    "Overloaded",
    "ServerFacts",
    "UnfitServer",
    "close_database",
    "config",
    "exists",
    "facts",
    "is_ready",
    "migrate",
    "missing_migrations",
    "open_database",
    "pending",
    "problems",
    "turn_away_after",
    "wipe",
    "write_migration",
]

OLDEST = 15
"""The oldest major version of PostgreSQL that is supported."""

_LOCK = 0x6665696B6F6E67  # "feikong": two starts at once migrate one after the other


_PLAY = "feikong: play data, may be emptied"


class NotOurs(Exception):
    """The database holds data that nobody said may be emptied."""


class UnfitServer(Exception):
    """The server is too old, may lose what it acknowledged, or has no such database: it says which."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server says about itself."""

    version: int
    version_text: str
    fsync: bool
    synchronous_commit: str
    full_page_writes: bool
    checksums: bool
    clock_skew_ms: int


async def _keep(connection: asyncpg.Connection) -> None:
    """Skip the pool's reset, 38 % of its CPU: sessions hold no state, only SET LOCAL is used.

    What a transaction has set goes with it, so no connection is handed on inside of one.
    """
    if connection.is_in_transaction():
        await connection.execute("rollback")


def config(url: str, *, pool_min: int = 1, pool_max: int = 10, name: str = "feikong") -> Any:
    """Return Tortoise's configuration: every room's models, one pool."""
    parts = urlsplit(url)
    credentials: dict[str, Any] = {
        "host": parts.hostname or "localhost",
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": parts.path.lstrip("/"),
        "minsize": pool_min,
        "maxsize": pool_max,
        "reset": _keep,
        "application_name": name,
        "server_settings": {"timezone": "UTC", "jit": "off"},
    }
    query = dict(parse_qsl(parts.query))
    if "sslmode" in query:
        credentials["ssl"] = query["sslmode"]
    if "host" in query:
        credentials["host"] = query["host"]
    return {
        "connections": {"default": {"engine": "runtime.pool", "credentials": credentials}},
        "apps": {
            "domain": {
                "models": _models(),
                "default_connection": "default",
                "migrations": "domain.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _models() -> list[str]:
    rooms = (room.name for room in iter_modules(domain.__path__, "domain.") if room.ispkg)
    return [f"{room}.models" for room in sorted(rooms) if find_spec(f"{room}.models")]


async def open_database(
    url: str, *, pool_min: int = 1, pool_max: int = 10, name: str = "feikong", strict: bool = False
) -> None:
    """Open this process's pool; every task may use it. `strict` demands durable commits too."""
    try:
        found = problems(await facts(url), strict=strict)
    except asyncpg.InvalidCatalogNameError:
        found = ["the database does not exist yet: run feikong migrate"]
    if found:
        raise UnfitServer(found[0])
    await Tortoise.init(
        config=config(url, pool_min=pool_min, pool_max=pool_max, name=name),
        _enable_global_fallback=True,
    )


def turn_away_after(wait: timedelta) -> None:
    """Let nobody wait longer than this for a connection of this process: Overloaded."""
    client: Any = connections.get("default")
    client.wait_s = wait.total_seconds()


async def close_database() -> None:
    """Close the pool."""
    await Tortoise.close_connections()


async def is_ready() -> bool:
    """Tell whether the database answers."""
    try:
        await connections.get("default").execute_query("select 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    except Exception:  # ruff: ignore[blind-except] -- after a crash asyncpg raises InternalClientError and worse
        return False
    return True


async def exists(url: str) -> bool:
    """Tell whether the server has the database that `url` names."""
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidCatalogNameError:
        return False
    await connection.close()
    return True


async def facts(url: str) -> ServerFacts:
    """Ask the server for its version and for what makes a commit durable."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        row = await connection.fetchrow(
            """select current_setting('server_version_num')::int / 10000 as version,
                      current_setting('server_version') as version_text,
                      current_setting('fsync') = 'on' as fsync,
                      current_setting('synchronous_commit') as synchronous_commit,
                      current_setting('full_page_writes') = 'on' as full_page_writes,
                      current_setting('data_checksums') = 'on' as checksums,
                      (extract(epoch from clock_timestamp()) * 1000)::bigint as clock_ms"""
        )
    finally:
        await connection.close()
    fields = dict(row)
    skew_ms = int(fields.pop("clock_ms") - wall().timestamp() * 1000)
    return ServerFacts(**fields, clock_skew_ms=skew_ms)


def problems(server: ServerFacts, *, strict: bool) -> list[str]:
    """Return what is wrong with a server, each with how to mend it."""
    wrong = []
    if server.version < OLDEST:
        wrong.append(f"PostgreSQL {server.version_text} is too old: use {OLDEST} or newer")
    if strict and not server.fsync:
        wrong.append("fsync is off, a power cut may corrupt the ledger: set fsync = on")
    if strict and not server.full_page_writes:
        wrong.append("full_page_writes is off, a power cut may corrupt the ledger: set it to on")
    if strict and server.synchronous_commit in {"off", "local"}:
        wrong.append(
            "synchronous_commit is off, acknowledged payments may be lost: "
            "set synchronous_commit = on"
        )
    return wrong


async def migrate(url: str, *, progress: Callable[[str, str, str], object] | None = None) -> None:
    """Create the database if it is missing and bring its schema up to date, one at a time.

    Raises UnfitServer where the server does not let its user make what is needed.
    """
    guard = await _connected(url)
    try:
        await guard.execute("select pg_advisory_lock($1)", _LOCK)
        async with TortoiseContext():
            await apply_migrations(config=config(url, pool_max=1), progress=progress)
    except OperationalError as failed:
        refused = failed.__cause__
        if not isinstance(refused, asyncpg.InsufficientPrivilegeError):
            raise
        raise UnfitServer(f"{refused.message}: {refused.hint or 'ask its administrator'}") from None
    finally:
        await guard.close()


async def wipe(url: str) -> None:
    """Empty the database for a play that starts anew; raises NotOurs where real data may lie.

    What it has emptied it marks, and only what is marked or holds no tables is emptied.
    """
    connection = await _connected(url)
    try:
        marked = await connection.fetchval(
            "select shobj_description(oid, 'pg_database') from pg_database"
            " where datname = current_database()"
        )
        tables = await connection.fetchval(
            "select count(*) from pg_tables where schemaname = 'public'"
        )
        if tables and marked != _PLAY:
            raise NotOurs("DATABASE_URL names a database that is in use: the demo wants its own")
        name = await connection.fetchval("select quote_ident(current_database())")
        await connection.execute("drop schema public cascade; create schema public")
        await connection.execute(f"comment on database {name} is '{_PLAY}'")
    finally:
        await connection.close()


async def _connected(url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidCatalogNameError:
        parts = urlsplit(url)
        server = await asyncpg.connect(parts._replace(path="/postgres").geturl(), timeout=10)
        try:
            await server.execute(f'create database "{unquote(parts.path.lstrip("/"))}"')
        except asyncpg.DuplicateDatabaseError:
            pass
        finally:
            await server.close()
        return await asyncpg.connect(url, timeout=10)


async def pending(url: str) -> list[str]:
    """Return the names of migrations that the database still lacks."""
    async with TortoiseContext() as context:
        whole = config(url, pool_max=1)
        await context.init(config=whole, init_connections=False)
        executor = MigrationExecutor(connections.get("default"), whole["apps"])
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


async def _changes() -> list[Any]:
    async with TortoiseContext() as context:
        whole = config("postgres://localhost/none")
        await context.init(config=whole, init_connections=False)
        assert context.apps is not None
        return list(await MigrationAutodetector(context.apps, whole["apps"]).changes())
