"""A short piece of work on the database of the house."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

import typer

from domain.base import Refusal
from runtime import logs
from runtime.database import UnfitServer, close_database, open_database, pending, unfit_value
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
        try:
            return await work()
        finally:
            await close_database()
    except Refusal:
        raise
    except Exception as failed:
        if await pending(url):
            raise UnfitServer("migrations are missing: run feikong migrate") from failed
        if unfit := unfit_value(failed):
            raise unfit from failed
        raise


def asked(name: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do the work on the house's database; a refusal ends the command as `refusals` says it."""
    with refusals():
        return session(name, work)


@contextmanager
def refusals() -> Generator[None]:
    """End the command where the block is refused: a line with the code, and one that explains."""
    try:
        yield
    except Refusal as refused:
        said = ", ".join(f"{name} {_told(value)}" for name, value in refused.fields.items())
        print(f"feikong: {refused.code}{f': {said}' if said else ''}", file=sys.stderr)
        meaning = (type(refused).__doc__ or "").split("\n\n")[0]
        if meaning:
            print(f"  {' '.join(meaning.split())}", file=sys.stderr)
        raise typer.Exit(1) from refused


def _told(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
