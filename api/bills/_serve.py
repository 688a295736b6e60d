"""`GET /bills/{number}.pdf` and `.json`: a bill for whom it is for, and for operators."""

import asyncio
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.graphql import Services
from api.graphql.error import preferred, speak, spoken
from api.trust import CHALLENGE, Credentials
from auth import Principal, TokenRejected
from domain import billing
from domain.reporting import list_bills
from runtime.database import Overloaded

from ._data import bill_data
from ._pdf import bill_pdf

_TYPES = {"pdf": "application/pdf", "json": "application/json"}
_COST = {"pdf": 100, "json": 10}
"""What a bill costs of its reader's budget: a page is drawn in about 0.1 s."""

_DRAWING = 2
"""Raised with the looks of the page: an older one is no longer the same."""

_NUMBER = re.compile(r"[0-9]{1,18}")
_LOCALES = ("zh-CN", "en")
_WORDS = {
    "BAD_USER_INPUT": f"`lang` is one of {', '.join(_LOCALES)}.",
    "NOT_FOUND": "There is no such bill.",
    "OVERLOADED": "Too many ask at once.",
    "RATE_LIMITED": "Too much at once. Try again later.",
    "UNAUTHENTICATED": "Sign in again.",
}


class _Refused(Exception):
    def __init__(self, status: int, code: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers


def routes() -> list[Route]:
    """Return the routes of bills."""
    return [Route("/bills/{number}.{form}", _serve, methods=["GET"])]


async def _serve(request: Request) -> Response:
    try:
        return await _served(request, request.app.state.services)
    except Overloaded:
        refused = _Refused(503, "OVERLOADED", **{"retry-after": "1"})
    except _Refused as said:
        refused = said
    extensions = {"code": refused.code, "requestId": request.state.request_id}
    message = spoken(refused.code, _WORDS[refused.code])
    error = {"message": message, "extensions": extensions}
    headers = {"content-type": "application/json", **refused.headers}
    return Response(orjson.dumps({"errors": [error]}), refused.status, headers=headers)


async def _served(request: Request, services: Services) -> Response:
    speak(preferred(request.headers.get("accept-language", ""), default=services.locale))
    number, form = request.path_params["number"], request.path_params["form"]
    if form not in _TYPES or not _NUMBER.fullmatch(number):
        raise _Refused(404, "NOT_FOUND")
    who = _principal(request, services)
    spent = services.budget.spend(f"person:{who.person_id}", _COST[form], at=services.wall())
    if not spent.allowed:
        raise _Refused(429, "RATE_LIMITED", **{"retry-after": str(spent.retry_after_s)})
    document = await _document(who, int(number))
    data = bill_data(document)
    locale = request.query_params.get("lang") or document.locale
    if locale not in _LOCALES:
        raise _Refused(400, "BAD_USER_INPUT")
    headers = _headers(data, form, locale)
    held = request.headers.get("if-none-match", "")
    if held.strip() == "*" or headers["etag"] in held:
        return Response(status_code=304, headers=headers)
    if form == "json":
        return Response(orjson.dumps(data), headers=headers)
    drawn = await asyncio.to_thread(bill_pdf, document, locale=locale)
    return Response(drawn, headers=headers)


def _principal(request: Request, services: Services) -> Principal:
    try:
        who = services.trust.principal(Credentials.of(request))
    except TokenRejected:
        who = None
    if who is None:
        raise _Refused(401, "UNAUTHENTICATED", **{"www-authenticate": CHALLENGE})
    speak(who.locale)
    return who


async def _document(who: Principal, number: int) -> billing.BillDocument:
    """Return the bill; what is not the reader's is not there, as in GraphQL."""
    async with who.sight.reading():
        if not await list_bills(who.sight, limit=1, bill_id=number):
            raise _Refused(404, "NOT_FOUND")
        return await billing.document_of(number)


def _headers(data: Mapping[str, Any], form: str, locale: str) -> dict[str, str]:
    said = orjson.dumps([data, form, locale if form == "pdf" else "", _DRAWING])
    name = f"bill-{data['account']}-{data['first_day']}-{data['number']}.{form}"
    disposition = "inline" if form == "json" else "attachment"
    return {
        "content-type": _TYPES[form],
        "content-disposition": f'{disposition}; filename="{name}"',
        "content-language": locale,
        "etag": f'"{blake2b(said, digest_size=16).hexdigest()}"',
        "cache-control": "private, no-cache",
        "vary": "authorization",
        "x-content-type-options": "nosniff",
    }
