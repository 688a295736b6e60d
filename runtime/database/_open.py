"""The pool of this process."""

from datetime import timedelta
from typing import Any

import asyncpg
from tortoise import Tortoise, connections

from ._config import config
from ._server import UnfitServer, facts, problems


async def open_database(
    url: str, *, pool_min: int = 1, pool_max: int = 10, name: str = "feikong", strict: bool = False
) -> None:
    """Open this process's pool; every task may use it. `strict` demands durable commits too.

    Raises UnfitServer.
    """
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
