"""The edge of every HTTP request: an id, a bounded body, a bounded time, and no stack traces."""

import asyncio
import secrets

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.database import Overloaded

from .graphql.error import spoken

BODY_MAX = 64 * 1024
READ_TIMEOUT_S = 10
ANSWER_TIMEOUT_S = 20
SEND_TIMEOUT_S = 30
_WORDS = {
    "BODY_TOO_LARGE": f"A body has {BODY_MAX // 1024} KiB at most.",
    "BODY_TOO_SLOW": "The body did not come in time.",
    "INTERNAL": "Something went wrong.",
    "OVERLOADED": "Too many ask at once.",
    "TIMEOUT": "The answer takes too long.",
}
_log = structlog.get_logger(__name__)


class _Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class _TooSlow(Exception):
    """The client does not take what it has asked for."""


class Edge:
    """Wraps the application; websockets pass, their messages are bounded by the server."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        read_timeout_s: float = READ_TIMEOUT_S,
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        self.app = app
        self.read_timeout_s = read_timeout_s
        self.send_timeout_s = send_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        answer = _Answer(send, request_id, within_s=self.send_timeout_s)
        try:
            async with asyncio.timeout(self.read_timeout_s) as answer.patience:
                body = await _body(scope, receive)
                answer.be_patient()
                await self.app(scope, _replayed(body, receive), answer)
        except _Refused as refused:
            await answer.refuse(refused.status, refused.code)
        except _TooSlow:
            _log.info("edge.too_slow", request_id=request_id)
        except Overloaded:
            _log.info("edge.overloaded", request_id=request_id)
            await answer.refuse(503, "OVERLOADED")
        except TimeoutError:
            if not answer.is_read:
                await answer.refuse(408, "BODY_TOO_SLOW")
                return
            _log.warning("edge.timeout", request_id=request_id)
            await answer.refuse(503, "TIMEOUT")
        except Exception:  # ruff: ignore[blind-except] -- the edge: a fault becomes an id
            _log.exception("edge.fault", request_id=request_id, path=scope["path"])
            await answer.refuse(500, "INTERNAL")


class _Answer:
    def __init__(self, send: Send, request_id: str, *, within_s: float) -> None:
        self.send = send
        self.within_s = within_s
        self.request_id = request_id
        self.begun = False
        self.is_read = False
        self.is_stream = False
        self.patience: asyncio.Timeout | None = None

    def be_patient(self) -> None:
        """Once the body is read, wait for the answer."""
        self.is_read = True
        if self.patience:
            self.patience.reschedule(asyncio.get_running_loop().time() + ANSWER_TIMEOUT_S)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self.is_stream = _is_stream(message)
            if self.patience and self.is_stream:
                self.patience.reschedule(None)
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode())]
            message = {**message, "headers": headers}
        if not self.is_stream:  # the patience with the whole answer bounds this, too
            await self.send(message)
            return
        try:
            async with asyncio.timeout(self.within_s):
                await self.send(message)
        except TimeoutError:
            raise _TooSlow from None

    async def refuse(self, status: int, code: str) -> None:
        if self.begun:
            return
        message = spoken(code, _WORDS.get(code, code))
        error = {"message": message, "extensions": {"code": code, "requestId": self.request_id}}
        body = orjson.dumps({"errors": [error]})
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        if status == 503:  # ruff: ignore[magic-value-comparison]
            headers.append((b"retry-after", b"1"))
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})


def _is_stream(message: Message) -> bool:
    kind: bytes = dict(message.get("headers", ())).get(b"content-type", b"")
    return kind.startswith((b"text/event-stream", b"multipart/mixed"))


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Read the whole body, no more than is allowed."""
    for name, length in scope["headers"]:
        if name == b"content-length" and (not length.isdigit() or int(length[:9]) > BODY_MAX):
            raise _Refused(413, "BODY_TOO_LARGE")
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(400, "DISCONNECTED")
        body += message.get("body", b"")
        if len(body) > BODY_MAX:
            raise _Refused(413, "BODY_TOO_LARGE")
        more = message.get("more_body", False)
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay
