"""The view: GraphQL over HTTP and over a websocket (graphql-transport-ws)."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import strawberry
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from auth import Principal, TokenRejected, verify_access_token

from ._context import Context, Services
from ._guard import masked

_JSON = "application/json"
_GRAPHQL = "application/graphql-response+json"
_GRAPHIQL = Path(__file__).parents[1] / "graphiql" / "index.html"
_REQUEST_ERROR = "feikong.request_error"


class _TextAdapter(ASGIWebSocketAdapter):
    async def send_json(self, message: Mapping[str, object]) -> None:
        await self.ws.send_text(orjson.dumps(message).decode())


class View(GraphQL[Context, None]):
    """Strawberry's view with our errors, our principal and our JSON."""

    websocket_adapter_class = _TextAdapter

    def __init__(self, schema: strawberry.Schema, services: Services, *, graphiql: bool) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if graphiql else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=20,
        )
        self.services = services

    async def run(self, request: Any, *given: Any, **named: Any) -> Any:
        """Answer; every refusal of the transport is JSON with a code."""
        if request.scope["type"] == "websocket":
            return await super().run(request, *given, **named)
        try:
            response = await super().run(request, *given, **named)
        except HTTPException as error:
            return _refused(request, error.status_code, error.reason)
        if response.media_type == _JSON and _prefers_graphql(request):
            response.headers["content-type"] = f"{_GRAPHQL}; charset=utf-8"
            if request.scope.get(_REQUEST_ERROR):
                response.status_code = 400
        response.headers["vary"] = "accept, authorization"
        return response

    async def get_context(self, request: Any, response: Any) -> Context:  # ruff: ignore[unused-method-argument]
        """Return what resolvers know; over a websocket the principal comes with the connection."""
        context = Context(
            services=self.services,
            request_id=request.scope.get("state", {}).get("request_id", ""),
            address=request.client.host if request.client else "",
            accept_language=request.headers.get("accept-language", ""),
        )
        if request.scope["type"] == "http":
            context.principal = self._http_principal(request.headers.get("authorization"))
        return context

    def _http_principal(self, header: str | None) -> Principal | None:
        try:
            return _principal(header, self.services)
        except TokenRejected:
            raise HTTPException(401, "UNAUTHENTICATED") from None

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Take the principal from `connection_init`: {"Authorization": "Bearer ..."}."""
        given = {key.lower(): value for key, value in (context.connection_params or {}).items()}
        header = given.get("authorization")
        try:
            context.principal = _principal(
                header if isinstance(header, str) else None, self.services
            )
        except TokenRejected:
            raise ConnectionRejectionError from None
        return cast("UnsetType", UNSET)

    async def parse_http_body(
        self, request: AsyncHTTPRequestAdapter
    ) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Refuse what is not JSON before reading it: a form of another site could send it."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if request.method == "POST" and kind != _JSON:
            raise HTTPException(415, "Send application/json.")
        try:
            return await super().parse_http_body(request)
        except (AttributeError, TypeError, UnicodeDecodeError):
            raise HTTPException(400, "The body is not a GraphQL request.") from None

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """Leave `data` out where nothing was executed, and mask what the extensions never saw."""
        request_id = request.scope.get("state", {}).get("request_id", "")
        answer = await super().process_result(request, result)
        if result.errors and any("requestId" not in (e.extensions or {}) for e in result.errors):
            answer["errors"] = [masked(e, request_id).formatted for e in result.errors]
        if isinstance(result, PreExecutionError) or (
            result.data is None and all(e.path is None for e in result.errors or ())
        ):
            answer.pop("data", None)
            request.scope[_REQUEST_ERROR] = True
        return answer

    def encode_json(self, data: object) -> bytes:
        """Encode by orjson."""
        return orjson.dumps(data)

    def decode_json(self, data: str | bytes) -> object:
        """Decode by orjson: it refuses lone surrogates and NaN."""
        return orjson.loads(data)

    async def render_graphql_ide(self, request: Request) -> Response:  # ruff: ignore[unused-method-argument]
        """Serve GraphiQL from our own files: it works offline."""
        return FileResponse(_GRAPHIQL, media_type="text/html")


def _principal(header: str | None, services: Services) -> Principal | None:
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise TokenRejected("scheme")
    return verify_access_token(token.strip(), services.keys)


def _prefers_graphql(request: Request) -> bool:
    return _GRAPHQL in request.headers.get("accept", "")


def _refused(request: Request, status: int, reason: str) -> Response:
    code = {401: "UNAUTHENTICATED", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 415: "MEDIA_TYPE"}
    request_id = request.scope.get("state", {}).get("request_id", "")
    if "mutations are not allowed" in reason.lower():
        status = 405
    extensions = {"code": code.get(status, "BAD_REQUEST"), "requestId": request_id}
    message = "Sign in again." if status == 401 else reason  # ruff: ignore[magic-value-comparison]
    headers = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "POST"}}.get(status, {})
    return JSONResponse(
        {"errors": [{"message": message, "extensions": extensions}]},
        status,
        headers=headers,
        media_type=_GRAPHQL if _prefers_graphql(request) else _JSON,
    )
