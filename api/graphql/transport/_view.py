"""The view: GraphQL over HTTP (one answer, events or multipart) and over a websocket."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from api.graphql.document import OVERLOADED, Documents, masked
from api.graphql.error import Unacceptable, speak
from api.graphql.execution import Plans
from api.graphql.field import Context, Services
from api.graphql.root import QuietSchema
from api.trust import CHALLENGE, Credentials
from auth import TokenRejected
from domain import identity
from runtime.database import Overloaded

from ._answer import finished, refused, tell_budget
from ._direct import PREPARED, Direct
from ._request import Adapter, given_of, protocol_of, request_of
from ._socket import Socket, TextAdapter
from ._stream import EventStream, Multipart

_GRAPHIQL = Path(__file__).parents[2] / "graphiql" / "index.html"
_RAN = "feikong.ran"
_CONTEXT = "feikong.context"
_ASKS = ("query", "documentId", "extensions")
_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


class View(GraphQL[Context, None]):
    """Strawberry's view with our errors, our principal, our documents and our JSON."""

    request_adapter_class = Adapter
    websocket_adapter_class = TextAdapter
    graphql_transport_ws_handler_class = Socket
    stream_transport_classes_by_protocol = {  # ruff: ignore[mutable-class-default]
        MULTIPART_SUBSCRIPTION_PROTOCOL: Multipart,
        GRAPHQL_SSE_PROTOCOL: EventStream,
    }

    def __init__(
        self,
        schema: QuietSchema,
        services: Services,
        *,
        documents: Documents,
        graphiql: bool,
        planned: bool = True,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if graphiql else None,
            subscription_protocols=(
                GRAPHQL_TRANSPORT_WS_PROTOCOL,
                GRAPHQL_SSE_PROTOCOL,
                MULTIPART_SUBSCRIPTION_PROTOCOL,
            ),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=20,
        )
        self.prepare = schema.prepare
        self.services = services
        self.documents = documents
        plans = Plans(schema)
        self.direct = Direct(services, documents, plans, schema.prepare) if planned else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or hold a websocket; what has a plan is answered directly."""
        if scope["type"] == "http" and self.direct:
            left = await self.direct.answer(scope, receive, send)
            if left is None:
                return
            receive = left
        await super().__call__(scope, receive, send)

    async def run(self, request: Any, *given: Any, **named: Any) -> Any:
        """Answer; every refusal of the transport is JSON with a code."""
        if request.scope["type"] == "websocket":
            return await super().run(request, *given, **named)
        try:
            response = await super().run(request, *given, **named)
        except HTTPException as error:
            return _refusal(request, error)
        if isinstance(response, FileResponse):
            return response
        tell_budget(request.scope[_CONTEXT].spent, response)
        if isinstance(response, StreamingResponse):
            return response
        return finished(request, response, ran=request.scope.get(_RAN, True))

    def is_request_allowed(self, request: BaseRequestProtocol) -> bool:
        """Refuse other methods."""
        if request.method not in {"GET", "POST"}:
            raise Unacceptable(405, "GET or POST.", "METHOD_NOT_ALLOWED")
        return True

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Tell whether a person asks, not a client."""
        asks = any(request.query_params.get(name) is not None for name in _ASKS)
        return request.method == "GET" and not asks and "text/html" in _accept(request)

    async def get_context(self, request: Any, response: Any) -> Context:  # ruff: ignore[unused-method-argument]
        """Return what resolvers know; over a websocket the principal comes with the connection."""
        context = Context(
            services=self.services,
            request_id=request.scope.get("state", {}).get("request_id", ""),
            address=identity.network_of(request.client.host if request.client else ""),
            accept_language=request.headers.get("accept-language", ""),
            credentials=Credentials.of(request),
        )
        speak(context.locale)
        if request.scope["type"] == "http":
            try:
                context.principal = self.services.trust.principal(context.credentials)
            except TokenRejected:
                raise Unacceptable(401, "Sign in again.", "UNAUTHENTICATED") from None
            speak(context.locale)
            request.scope[_CONTEXT] = context
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Take the principal from `connection_init`: {"Authorization": "Bearer ..."}; of tokens
        that are bound to a device also {"DPoP": ...}.
        """
        said = {key.lower(): text for key, text in (context.connection_params or {}).items()}
        given = replace(
            context.credentials,
            authorization=_text(said.get("authorization")),
            proof=_text(said.get("dpop")),
        )
        try:
            context.principal = self.services.trust.principal(given)
        except TokenRejected:
            raise ConnectionRejectionError from None
        speak(context.locale)
        return cast("UnsetType", UNSET)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Return the operation, and as what it is to be answered."""
        transport = self._get_stream_transport_from_headers(request.headers)
        protocol = transport.protocol if transport else "http"
        data = request_of(await given_of(request), self.documents, protocol=protocol)
        # Once per request: what is refused is not remembered.
        scope = cast("Adapter", request).scope
        text, prepared = scope.get(PREPARED, (None, None))
        if prepared is None or text != data.query:
            prepared = self.prepare(data.query or "")
        scope[_CONTEXT].prepared = prepared
        data.protocol = protocol_of(data, request.method, prepared)
        return data

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """Leave `data` out where nothing was executed, and mask what the extensions never saw."""
        request_id = request.scope.get("state", {}).get("request_id", "")
        answer = await super().process_result(request, result)
        if result.errors and any("requestId" not in (e.extensions or {}) for e in result.errors):
            answer["errors"] = [masked(e, request_id).formatted for e in result.errors]
        if any((e.extensions or {}).get("code") == OVERLOADED for e in result.errors or ()):
            raise Overloaded
        if isinstance(result, PreExecutionError) or (
            result.data is None and all(e.path is None for e in result.errors or ())
        ):
            answer.pop("data", None)
            request.scope[_RAN] = False
        return answer

    async def create_streaming_response(
        self, request: Any, stream: Any, sub_response: Response, headers: Mapping[str, str]
    ) -> Response:
        """Answer by a stream."""
        if headers is Multipart.headers:
            stream = Multipart().opened(stream)
        return await super().create_streaming_response(request, stream, sub_response, headers)

    def encode_json(self, data: object) -> bytes:
        """Encode by orjson."""
        return orjson.dumps(data)

    def decode_json(self, data: str | bytes) -> object:
        """Decode by orjson: it refuses lone surrogates and NaN."""
        return orjson.loads(data)

    async def render_graphql_ide(self, request: Request) -> Response:  # ruff: ignore[unused-method-argument]
        """Serve GraphiQL from our own files: it works offline."""
        return FileResponse(_GRAPHIQL, media_type="text/html", headers={"vary": "Accept"})


def _accept(request: BaseRequestProtocol) -> str:
    return request.headers.get("accept", "")


def _text(given: object) -> str | None:
    return given if isinstance(given, str) else None


def _refusal(request: Request, error: HTTPException) -> Response:
    status, allow = error.status_code, "GET, POST"
    if "mutations are not allowed" in error.reason.lower():
        status, allow = 405, "POST"
    code = error.code if isinstance(error, Unacceptable) else _CODES.get(status, "BAD_REQUEST")
    headers = {401: {"www-authenticate": CHALLENGE}, 405: {"allow": allow}}.get(status)
    return refused(request, status, code=code, message=error.reason, headers=headers)
