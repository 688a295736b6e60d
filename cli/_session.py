"""A short piece of work on the database of the house."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from runtime import logs
from runtime.database import close_database, open_database
from runtime.settings import settings

from ._servers import servers

Answer = TypeVar("Answer")


def session(name: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Open the database, do the work, close it, and return what the work found."""
    given = settings()
    logs.configure(level=given.log_level, form=given.log_format, process=name)
    with servers(given) as live:
        assert live.database_url
        return asyncio.run(_done(live.database_url, name, work))


async def _done(url: str, name: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
    await open_database(url, name=name)
    try:
        return await work()
    finally:
        await close_database()
