"""The last touch of an HTTP answer: media type, status, freshness, compression."""

from collections.abc import Mapping
from hashlib import blake2b

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from api.graphql.limit import Spent

from ._media_type import GRAPHQL, JSON, compressed, media_type

_OK, _BAD_REQUEST = 200, 400
_VARY = "Accept, Accept-Encoding, Accept-Language, Authorization"
# Private, and asked for again each time: the entity tag makes that cheap.
_KEPT = "private, max-age=0, must-revalidate"


def finished(request: Request, response: Response, *, ran: bool) -> Response:
    """Return the answer in the form that the client asked for.

    `ran` is false where nothing was executed: the newer media type tells that by the status.
    """
    kind = media_type(request.headers.get("accept", ""))
    if kind == GRAPHQL and not ran and response.status_code == _OK:
        response.status_code = _BAD_REQUEST
    _dress(request, response)
    if ran and request.method == "GET" and response.status_code == _OK:
        tag = f'W/"{blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
        response.headers["etag"] = tag
        response.headers["cache-control"] = _KEPT
        # RFC 9110, 13.1.2: the star stands for whatever the client may have.
        if {"*", tag} & set(_tags(request.headers.get("if-none-match", ""))):
            return _unchanged(response)
    return _smaller(request, response)


def _dress(request: Request, response: Response) -> None:
    kind = media_type(request.headers.get("accept", ""))
    response.headers["content-type"] = f"{kind}; charset=utf-8"
    response.headers["vary"] = _VARY
    response.headers["cache-control"] = "no-store"


def _tags(header: str) -> list[str]:
    tags = [tag.strip() for tag in header.split(",")]
    return [tag if tag == "*" or tag.startswith("W/") else f"W/{tag}" for tag in tags]


def _unchanged(response: Response) -> Response:
    dropped = {"content-type", "content-length"}
    kept = {name: text for name, text in response.headers.items() if name not in dropped}
    return Response(status_code=304, headers=kept)


def _smaller(request: Request, response: Response) -> Response:
    accepted = request.headers.get("accept-encoding", "")
    response.body, coding = compressed(bytes(response.body), accepted)
    if coding:
        response.headers["content-encoding"] = coding
        response.headers["content-length"] = str(len(response.body))
    return response


async def send_posted(
    content: bytes, *, spent: Spent | None, asked: Mapping[str, str], send: Send
) -> None:
    """Send the answer to a query that was posted and run, as `finished` would, in fewer steps."""
    body, coding = compressed(content, asked["accept-encoding"])
    headers = [
        (b"content-type", b"%b; charset=utf-8" % media_type(asked["accept"]).encode()),
        (b"content-length", b"%d" % len(body)),
        (b"vary", _VARY.encode()),
        (b"cache-control", b"no-store"),
    ]
    if coding:
        headers.append((b"content-encoding", coding.encode()))
    if spent is not None:
        headers += [
            (b"ratelimit-limit", b"%d" % spent.limit),
            (b"ratelimit-remaining", b"%d" % spent.remaining),
            (b"ratelimit-reset", b"%d" % spent.reset_s),
        ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refused(
    request: Request,
    status: int,
    *,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a refusal by the transport as JSON."""
    request_id = request.scope.get("state", {}).get("request_id", "")
    error = {"message": message, "extensions": {"code": code, "requestId": request_id}}
    response = Response(orjson.dumps({"errors": [error]}), status, headers, JSON)
    _dress(request, response)
    return response


def tell_budget(spent: Spent | None, response: Response) -> None:
    """Tell what is left of the caller's budget; a request that it does not allow is refused."""
    if spent is None:
        return
    response.headers["ratelimit-limit"] = str(spent.limit)
    response.headers["ratelimit-remaining"] = str(spent.remaining)
    response.headers["ratelimit-reset"] = str(spent.reset_s)
    if not spent.allowed:
        response.status_code = 429
        response.headers["retry-after"] = str(spent.retry_after_s)
