"""Which form of an answer a client prefers: its media type and its compression."""

import gzip
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"
_JSON_TOO = frozenset({JSON, "application/*", "*/*"})
_SMALL = 512
_USUAL = 256
# Best first, each at a level that costs less time than the bytes that it saves.
_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, 3),
    "br": lambda body: brotli.compress(body, quality=4),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}


class Preference(NamedTuple):
    """One element of an Accept header."""

    name: str
    parameters: frozenset[str]
    weight: float


def preferences(header: str) -> tuple[Preference, ...]:
    """Return what the header lists, as the client prefers it; what has weight 0 stands last."""
    # There are only so many clients, and each sends the same.
    return _known(header) if len(header) <= _USUAL else _listed(header)


def _listed(header: str) -> tuple[Preference, ...]:
    found = []
    for part in header.lower().split(","):
        name, *given = (piece.strip().replace(" ", "") for piece in part.split(";"))
        weights = [_weight(each) for each in given if each.startswith("q=")]
        if name:
            rest = frozenset(each for each in given if not each.startswith("q="))
            found.append(Preference(name, rest, weights[0] if weights else 1.0))
    return tuple(sorted(found, key=lambda each: -each.weight))


_known = lru_cache(256)(_listed)


def media_type(accept: str) -> str:
    """Return the media type of the answer; JSON where the client names nothing that we speak."""
    for name, _, weight in preferences(accept):
        if weight and name == GRAPHQL:
            return GRAPHQL
        if weight and name in _JSON_TOO:
            return JSON
    return JSON


def prefers(accept: str, name: str) -> bool:
    """Tell whether this media type stands first."""
    listed = preferences(accept)
    return bool(listed) and listed[0].name == name and listed[0].weight > 0


def takes_multipart(accept: str) -> bool:
    """Tell whether the client reads subscriptions as multipart: Apollo lists JSON beside it."""
    return any(
        each.name == MULTIPART and each.weight and _is_subscription(each.parameters)
        for each in preferences(accept)
    )


def compressed(body: bytes, accept_encoding: str) -> tuple[bytes, str | None]:
    """Return the body in the coding that the client prefers, and its name."""
    if len(body) < _SMALL:
        return body, None
    listed = {each.name: each.weight for each in preferences(accept_encoding)}
    rest = listed.get("*", 0.0)
    best = max(_CODINGS, key=lambda name: listed.get(name, rest))
    if not listed.get(best, rest):
        return body, None
    return _CODINGS[best](body), best


def _is_subscription(parameters: frozenset[str]) -> bool:
    return any(each.replace('"', "").startswith("subscriptionspec=1") for each in parameters)


def _weight(parameter: str) -> float:
    try:
        return min(max(float(parameter[2:]), 0.0), 1.0)
    except ValueError:
        return 0.0
