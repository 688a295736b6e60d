"""The load, as a process of its own: connections that ask, wait for the answer, and ask again."""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Any

import orjson
import uvloop

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
_NS_PER_US = 1_000


@dataclass
class Tally:
    """What came back: latencies in microseconds, answers that were none, one body per request."""

    left: int
    until_ns: int
    latencies_us: list[int] = field(default_factory=list)
    errors: int = 0
    bodies: dict[int, str] = field(default_factory=dict)


class Caller(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, requests: Iterator[tuple[int, bytes]], tally: Tally) -> None:
        self.requests = requests
        self.tally = tally
        self.ended = asyncio.get_running_loop().create_future()
        self.held = b""

    def connection_made(self, transport: Any) -> None:
        """Ask first."""
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """Send the next request, unless enough was asked."""
        tally = self.tally
        now = time.perf_counter_ns()
        if tally.left <= 0 or (tally.until_ns and now > tally.until_ns):
            self.transport.close()
            return
        tally.left -= 1
        self.number, request = next(self.requests)
        self.begun = now
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take the answer; when it is whole, ask again."""
        held = self.held = self.held + data if self.held else data
        head, found, body = held.partition(_END)
        if not found:
            return
        at = head.lower().find(_LENGTH) + len(_LENGTH)
        length = int(head[at:].partition(b"\r\n")[0])
        if len(body) < length:
            return
        tally = self.tally
        tally.latencies_us.append((time.perf_counter_ns() - self.begun) // _NS_PER_US)
        if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
            tally.errors += 1
        if self.number not in tally.bodies:
            tally.bodies[self.number] = body.decode()
        self.held = b""
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that this connection is through; one that broke counts as an error."""
        if exc is not None:
            self.tally.errors += 1
        if not self.ended.done():
            self.ended.set_result(None)


async def _asked(order: dict[str, Any]) -> dict[str, Any]:
    requests = [text.encode() for text in order["requests"]]
    until = time.perf_counter_ns() + order["seconds"] * 1_000_000_000 if order["seconds"] else 0
    tally = Tally(order["count"], until)
    loop = asyncio.get_running_loop()
    # Each connection begins at another request: all are asked alike.
    numbered = list(enumerate(requests))
    began = time.perf_counter_ns()
    callers = []
    for k in range(order["connections"]):
        at = k % len(numbered)
        around = cycle(numbered[at:] + numbered[:at])
        _, caller = await loop.create_connection(
            partial(Caller, around, tally), "127.0.0.1", order["port"]
        )
        callers.append(caller)
    await asyncio.gather(*(caller.ended for caller in callers))
    return {
        "latencies_us": tally.latencies_us,
        "errors": tally.errors,
        "bodies": [tally.bodies.get(k, "") for k in range(min(len(requests), 2))],
        "wall_us": (time.perf_counter_ns() - began) // _NS_PER_US,
    }


def main() -> None:
    """Answer each order, a line of JSON, by a line of JSON."""
    for line in sys.stdin:
        print(orjson.dumps(uvloop.run(_asked(orjson.loads(line)))).decode(), flush=True)


if __name__ == "__main__":
    main()
