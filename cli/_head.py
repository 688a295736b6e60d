"""The head of an HTTP request, bounded in size and time: uvicorn bounds neither, and all else of
a request is bounded once its head is there.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX = 64 * 1024
HEAD_WITHIN_S = 10.0


class BoundedHead(HttpToolsProtocol):
    """Ends a connection whose request line and headers are too long, or too long in coming."""

    head_within_s = HEAD_WITHIN_S

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._in_head = True
        self._read = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head, whether or not a byte of it ever comes."""
        super().connection_made(transport)
        self._be_patient()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._be_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; most heads come whole, and cost nothing here."""
        super().data_received(data)
        if not self._in_head:
            self._be_done()
            return
        self._read += len(data)
        if self._read > HEAD_MAX:
            self._leave(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "HEAD_TOO_LARGE")
        elif self._patience is None:
            self._be_patient()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head, self._read = True, 0

    def on_headers_complete(self) -> None:
        """End it."""
        self._in_head = False
        super().on_headers_complete()

    def _be_patient(self) -> None:
        self._patience = self.loop.call_later(
            self.head_within_s, self._leave, HTTPStatus.REQUEST_TIMEOUT, "HEAD_TOO_SLOW"
        )

    def _be_done(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _leave(self, status: HTTPStatus, code: str) -> None:
        self._be_done()
        if self._read and (self.cycle is None or self.cycle.response_complete):
            body = json.dumps({"errors": [{"message": code, "extensions": {"code": code}}]})
            head = (
                f"HTTP/1.1 {status.value} {status.phrase}",
                "content-type: application/json",
                f"content-length: {len(body)}",
                "connection: close",
            )
            self.transport.write("\r\n".join((*head, "", body)).encode())
        self.transport.close()
