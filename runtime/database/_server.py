"""The server: what it says about itself, and whether it can be trusted."""

from dataclasses import dataclass

import asyncpg

from runtime.clock import wall

OLDEST = 15
"""The oldest major version of PostgreSQL that is supported."""


class UnfitServer(Exception):
    """The server is too old, may lose what it acknowledged, or lacks the database, as it says."""


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


async def connect(url: str) -> asyncpg.Connection:
    """Connect, by itself and not from the pool.

    Raises UnfitServer where nobody answers or lets this user in, and the driver's own
    InvalidCatalogNameError where the server lacks the database.
    """
    try:
        return await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidCatalogNameError:
        raise
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failed:
        said = str(failed).partition("\n")[0] or "it takes longer than 10 s"
        msg = f"PostgreSQL: {said}: check DATABASE_URL and that the server runs"
        raise UnfitServer(msg) from failed


async def exists(url: str) -> bool:
    """Tell whether the server has the database that `url` names."""
    try:
        connection = await connect(url)
    except asyncpg.InvalidCatalogNameError:
        return False
    await connection.close()
    return True


async def facts(url: str) -> ServerFacts:
    """Ask the server for its version and for what makes a commit durable."""
    connection = await connect(url)
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
