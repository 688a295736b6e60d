"""A registered phone or browser, and what may be registered."""

from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from domain.base import Refusal

DEVICES_MAX = 10
ENDPOINT_MAX = 1000
_HTTPS_PORT = 443
_POINT = 65
_SECRET = 16


class EndpointRefused(Refusal):
    """The address is not one of a push service that this deployment may ask."""

    code = "PUSH_ENDPOINT_REFUSED"


class PushKeysInvalid(Refusal):
    """`p256dh` is not a P-256 point of 65 bytes, or `auth` not 16 bytes, in base64url."""

    code = "PUSH_KEYS_INVALID"


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A device as its owner sees it."""

    id: int
    kind: str
    name: str
    created_at: datetime
    taken_at: datetime | None
    session_id: int


@dataclass(frozen=True, slots=True)
class PushTarget:
    """What a push service needs to reach a device, its address a secret; and its owner's locale."""

    id: int
    kind: str
    locale: str
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def endpoint_host(endpoint: str, *, hosts: Collection[str]) -> str:
    """Return the host of an address that may be asked; refuses EndpointRefused.

    `hosts` are names, `*.name` for all below one; a name may carry a port. Only https.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise EndpointRefused from None
    plain = len(endpoint) <= ENDPOINT_MAX and endpoint.isascii() and endpoint.isprintable()
    bare = parts.scheme == "https" and parts.username is None and not parts.fragment
    named = host if port in {None, _HTTPS_PORT} else f"{host}:{port}"
    known = any(_covers(allowed, named) for allowed in hosts)
    if not (plain and bare and known) or " " in endpoint:
        raise EndpointRefused
    return host


def _covers(allowed: str, host: str) -> bool:
    below = allowed.removeprefix("*.")
    return host == allowed if below == allowed else host.endswith("." + below)


def check_keys(p256dh: str, auth: str) -> None:
    """Refuse PushKeysInvalid where the keys have not the form of RFC 8291."""
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(point) != _POINT or point[0] != 4 or len(secret) != _SECRET:  # ruff: ignore[magic-value-comparison]
        raise PushKeysInvalid


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return b""
