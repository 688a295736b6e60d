"""Direct: a query over plain HTTP that has a plan is answered here, without strawberry's view.

All else (mutations, streams, what is refused, what comes for the first time) goes the longer way,
which gives the same answers.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.graphql.document import Documents, masked_all, price_of, unclean
from api.graphql.error import speak
from api.graphql.execution import Answer, Plans, planned, run
from api.graphql.field import Context, Services
from api.graphql.limit import Prepared
from api.trust import Credentials
from auth import TokenRejected
from domain import identity
from runtime.database import Overloaded

from ._answer import finished, send_posted, tell_budget
from ._media_type import EVENT_STREAM, JSON, prefers
from ._request import checked, decoded, of_url

PREPARED = "feikong.prepared"
Headers = Mapping[bytes, bytes]


class Direct:
    """What answers planned queries of a process."""

    def __init__(
        self, services: Services, documents: Documents, plans: Plans, prepare: Any
    ) -> None:
        self.services = services
        self.documents = documents
        self.plans = plans
        self.prepare = prepare

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Answer, or return what the body can be received from by the longer way."""
        headers: Headers = dict(reversed(scope["headers"]))
        posts = scope["method"] == "POST"
        if prefers(_text(headers, b"accept"), EVENT_STREAM) or not (
            (posts and _is_json(headers)) or scope["method"] == "GET"
        ):
            return receive
        body = await _body(receive) if posts else b""
        ran = await self._ran(scope, headers, body if posts else None)
        if ran is None:
            return _again(body, receive) if posts else receive
        context, content = ran
        if posts:
            asked = {
                "accept": _text(headers, b"accept"),
                "accept-encoding": _text(headers, b"accept-encoding"),
            }
            await send_posted(content, spent=context.spent, asked=asked, send=send)
        else:
            response = Response(content)
            tell_budget(context.spent, response)
            await finished(Request(scope), response, ran=True)(scope, receive, send)
        return None

    async def _ran(
        self, scope: Scope, headers: Headers, body: bytes | None
    ) -> tuple[Context, bytes] | None:
        try:
            given = checked(decoded(body)) if body is not None else of_url(_parameters(scope))
            text = self.documents.text(given)
            context = self._context(scope, headers)
        except (HTTPException, TokenRejected):
            return None
        if not text:
            return None
        prepared = self.prepare(text)
        scope[PREPARED] = text, prepared  # what is refused is not remembered
        answer = await self._run(context, prepared, (text, given))
        return None if answer is None else (context, _encoded(answer, context.request_id))

    def _context(self, scope: Scope, headers: Headers) -> Context:
        request_id = scope.get("state", {}).get("request_id", "")
        credentials = Credentials(
            _text(headers, b"authorization") or None,
            _text(headers, b"dpop") or None,
            scope["method"],
            _text(headers, b"host"),
            scope["path"],
            request_id,
        )
        client = scope.get("client")
        context = Context(
            services=self.services,
            request_id=request_id,
            address=identity.network_of(client[0] if client else ""),
            accept_language=_text(headers, b"accept-language"),
            credentials=credentials,
            principal=self.services.trust.principal(credentials),
        )
        speak(context.locale)
        return context

    async def _run(
        self, context: Context, prepared: Prepared, asked: tuple[str, Mapping[str, Any]]
    ) -> Answer | None:
        text, given = asked
        name, variables = given.get("operationName") or None, given.get("variables")
        if prepared.document is None or (variables and unclean(variables)):
            return None
        found = planned(self.plans, text, prepared.document, name, variables)
        if found is None or context.charge(price_of(prepared.prices, name)):
            return None
        try:
            async with context.reading():
                return await run(found[0], context, found[1])
        except Overloaded:
            raise
        except Exception:  # ruff: ignore[blind-except] -- the longer way says what is wrong
            return None


def _encoded(answer: Answer, request_id: str) -> bytes:
    content: dict[str, Any] = {"data": answer.data}
    if answer.errors:
        content["errors"] = [each.formatted for each in masked_all(answer.errors, request_id)]
    return orjson.dumps(content)


def _text(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _is_json(headers: Headers) -> bool:
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == JSON.encode()


def _parameters(scope: Scope) -> Mapping[str, Any]:
    return Request(scope).query_params


async def _body(receive: Receive) -> bytes:
    """Read the whole body; its size is bounded by the edge."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    left = [body]

    async def receive_again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return receive_again
