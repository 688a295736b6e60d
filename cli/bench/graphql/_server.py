"""Servers and the load as processes of their own, and what each of them costs."""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from cli.bench._cost import session_ns
from domain.base import rows
from runtime.settings import Settings

_LINE_MAX = 64 * 1024 * 1024
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves; `requests` are what it is asked, raw, for each document."""

    kind: str
    port: int
    process: asyncio.subprocess.Process

    async def cpu_ns(self) -> int:
        """Return the CPU that the process has taken so far, by its own count."""
        found = await _line(self.process, b"\n")
        return int(found)

    async def database_ns(self) -> int:
        """Return the CPU of its database sessions so far; 0 where they run elsewhere."""
        found = await rows(
            "select pid from pg_stat_activity where application_name = $1", self.session_name
        )
        return sum(session_ns(each["pid"]) or 0 for each in found)

    @property
    def session_name(self) -> str:
        """Return by which name its sessions are known."""
        return self.kind if self.kind in {"plain", "stock"} else "api"


@asynccontextmanager
async def serving(kind: str, given: Settings) -> AsyncGenerator[Server, None]:
    """Serve on a free port until the block ends."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = await _started(given, "cli.bench.graphql._serve", kind, str(port))
    server = Server(kind, port, process)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while await server.cpu_ns() < 0:  # ruff: ignore[async-busy-wait] -- another process does it
                await asyncio.sleep(0.02)
        yield server
    finally:
        await _ended(process)


@asynccontextmanager
async def loading(given: Settings) -> AsyncGenerator["Load", None]:
    """Give a process that asks."""
    process = await _started(given, "cli.bench.graphql._load")
    try:
        yield Load(process)
    finally:
        await _ended(process)


@dataclass(frozen=True, slots=True)
class Load:
    """A process that asks as it is told."""

    process: asyncio.subprocess.Process

    async def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Give an order and return what came of it."""
        found: dict[str, Any] = orjson.loads(await _line(self.process, orjson.dumps(order) + b"\n"))
        return found


async def _started(given: Settings, module: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=given.environment(),
        limit=_LINE_MAX,
    )


async def _line(process: asyncio.subprocess.Process, text: bytes) -> bytes:
    assert process.stdin
    assert process.stdout
    process.stdin.write(text)
    await process.stdin.drain()
    found = await process.stdout.readline()
    assert found, "a process of the bench has ended"
    return found


async def _ended(process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    process.stdin.close()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
