"""What a client sends over HTTP or a websocket, checked for its form before anything else."""

from collections.abc import Mapping
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, StarletteRequestAdapter
from graphql import OperationType, get_operation_ast
from starlette.requests import Request
from strawberry.http import GraphQLRequestData, GraphQLRequestProtocol

from api.graphql.document import Documents
from api.graphql.error import Unacceptable
from api.graphql.limit import Prepared

from ._media_type import JSON

_FIELDS: dict[str, type] = {
    "query": str,
    "operationName": str,
    "variables": dict,
    "extensions": dict,
}


class Adapter(StarletteRequestAdapter):
    """The request as strawberry sees it, and its scope."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.scope = request.scope


async def given_of(request: AsyncHTTPRequestAdapter) -> Mapping[str, Any]:
    """Return the request's fields. A form of another site can send no JSON, so none is read."""
    if request.method == "GET":
        return of_url(request.query_params)
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Unacceptable(415, "Send application/json.", "MEDIA_TYPE")
    return checked(decoded(await request.get_body()))


def of_url(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a URL."""
    given: dict[str, Any] = {name: text for name, text in parameters.items() if text}
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = decoded(given[name])
    return checked(given)


def decoded(text: str | bytes) -> object:
    """Return what JSON says; raises Unacceptable where it says nothing."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unacceptable(400, "This is not JSON.") from None


def checked(given: object) -> Mapping[str, Any]:
    """Return the fields if they are those of a request; else raises Unacceptable."""
    if isinstance(given, list):
        raise Unacceptable(400, "One operation per request: there are no batches.")
    if not isinstance(given, dict):
        raise Unacceptable(400, "The body is not a GraphQL request.")
    for name, kind in _FIELDS.items():
        if not isinstance(given.get(name), kind | None):
            raise Unacceptable(400, f"`{name}` has the wrong type.")
    return given


def request_of(
    given: Mapping[str, Any], documents: Documents, *, protocol: GraphQLRequestProtocol
) -> GraphQLRequestData:
    """Return the operation that the fields ask for."""
    query = documents.text(given)
    if not query:
        raise Unacceptable(400, "There is no query.")
    return GraphQLRequestData(
        query=query,
        variables=given.get("variables"),
        operation_name=given.get("operationName") or None,
        extensions=given.get("extensions"),
        protocol=protocol,
    )


def protocol_of(
    data: GraphQLRequestData, method: str, prepared: Prepared
) -> GraphQLRequestProtocol:
    """Return as what the operation is answered: what cannot be run has one answer, no stream."""
    document, errors, _ = prepared
    operation = None if document is None else get_operation_ast(document, data.operation_name)
    if errors or operation is None:
        return "http"
    if operation.operation is OperationType.SUBSCRIPTION:
        if data.protocol == "http":
            message = "A subscription needs a websocket, text/event-stream or multipart/mixed."
            raise Unacceptable(406, message, "STREAM_NEEDED")
        return data.protocol
    reads = method == "POST" or operation.operation is OperationType.QUERY
    return "sse" if data.protocol == "sse" and reads else "http"
