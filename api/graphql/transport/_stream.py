"""Subscriptions over plain HTTP: server-sent events (distinct connections) and multipart."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar

from strawberry.http.streaming import (
    AsyncTextStream,
    MultipartSubscriptionTransport,
    SSETransport,
)

from ._media_type import EVENT_STREAM, prefers, takes_multipart


class EventStream(SSETransport):
    """Events end with a line feed: urql splits on two of them, and lists the type everywhere."""

    def accepts(self, accept: str) -> bool:
        """Tell whether the client prefers events to everything else."""
        return prefers(accept, EVENT_STREAM)

    def encode_event(self, event: str, data: str | None = None) -> str:
        """Return one event; JSON carries no line feeds."""
        return f"event: {event}\ndata: {data or ''}\n\n"

    def encode_comment(self, comment: str) -> str:
        """Return a line that keeps the connection open."""
        return f": {comment}\n\n"


class Multipart(MultipartSubscriptionTransport):
    """What Apollo Client reads without a websocket, framed as RFC 2046 has it.

    The delimiter follows each part at once, for clients take a part when they have seen it. So the
    first one has to be sent before all parts, and the last one only to be ended.
    """

    headers: ClassVar[dict[str, str]] = {
        "Content-Type": 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
        "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
    }

    def accepts(self, accept: str) -> bool:
        """Tell whether the client reads multipart subscriptions."""
        return takes_multipart(accept)

    def encode_complete(self) -> str:
        """Return what makes the delimiter that was sent the last one."""
        return "--\r\n"

    def opened(self, stream: AsyncTextStream) -> AsyncTextStream:
        """Return the stream behind its first delimiter."""

        async def whole() -> AsyncGenerator[str, None]:
            yield f"--{self.separator}"
            async with aclosing(stream()) as parts:
                async for part in parts:
                    yield part  # ruff: ignore[yield-in-context-manager-in-async-generator] -- it is closed as the inner one alone would be

        return whole
