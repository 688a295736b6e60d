"""What comes before a request is bounded as the request is."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from cli._head import HEAD_MAX, BoundedHead

WITHIN_S = 10
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Hasty(BoundedHead):
    """Waits no longer than a test may."""

    head_within_s = 1.0


async def small(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the length of the body."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message["body"]), message.get("more_body", False)
    body = str(length).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def wired(protocol: type[BoundedHead]) -> AsyncGenerator[Wire]:
    config = uvicorn.Config(
        small, host="127.0.0.1", port=0, http=protocol, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    reader, writer = await asyncio.open_connection(host, port)
    try:
        async with asyncio.timeout(WITHIN_S):
            yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await serving


async def answered(wire: Wire, text: bytes) -> bytes:
    reader, writer = wire
    writer.write(text)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    return await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))


@pytest.mark.parametrize("before", [b"GET /", b"GET / HTTP/1.1\r\nhost: x\r\nx-long: "])
async def test_a_head_that_is_too_long_is_left(before: bytes) -> None:
    async with wired(BoundedHead) as wire:
        wire[1].write(before)
        wire[1].write(b"a" * (HEAD_MAX + 1 - len(before)))
        answer = await wire[0].read()
    assert answer.startswith(b"HTTP/1.1 431 ")
    (error,) = json.loads(answer.partition(b"\r\n\r\n")[2])["errors"]
    assert error["extensions"]["code"] == "HEAD_TOO_LARGE"


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nhost:"])
async def test_a_head_that_does_not_come_is_not_waited_for(first: bytes) -> None:
    async with wired(Hasty) as wire:
        wire[1].write(first)
        left = await wire[0].read()
        assert left.startswith(b"HTTP/1.1 408 ") if first else left == b""


async def test_a_second_head_is_not_waited_for_either() -> None:
    async with wired(Hasty) as wire:
        assert await answered(wire, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n") == b"0"
        wire[1].write(b"GET / HTTP/1.1\r\n")
        assert (await wire[0].read()).startswith(b"HTTP/1.1 408 ")


async def test_a_body_may_be_longer_and_slower_than_a_head() -> None:
    long = 3 * HEAD_MAX
    async with wired(Hasty) as wire:
        wire[1].write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % (long + 1))
        wire[1].write(b"a" * long)
        await asyncio.sleep(2 * Hasty.head_within_s)  # the patience with a head is over
        assert await answered(wire, b"a") == str(long + 1).encode()
        assert await answered(wire, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n") == b"0"
