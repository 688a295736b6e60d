"""A request and its reply, free of any library."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

CBOR = 60
"""Content format application/cbor."""

GET, POST = 0x01, 0x02
CREATED, CHANGED = 0x41, 0x44
BAD_REQUEST, BAD_OPTION, NOT_FOUND, METHOD_NOT_ALLOWED = 0x80, 0x82, 0x84, 0x85
TOO_LARGE, UNSUPPORTED_FORMAT = 0x8D, 0x8F
INTERNAL_ERROR, UNAVAILABLE = 0xA0, 0xA3


@dataclass(frozen=True, slots=True)
class Request:
    """What came in; `odd_options` are critical options that we do not speak."""

    method: int
    path: tuple[str, ...]
    query: tuple[str, ...]
    content_format: int | None
    payload: bytes
    address: str
    odd_options: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; a payload is always CBOR. `max_age_s` asks to come again only then."""

    code: int
    payload: bytes = b""
    max_age_s: int | None = None

    @property
    def is_success(self) -> bool:
        """Tell whether the request was taken."""
        return CREATED <= self.code < BAD_REQUEST


Handler = Callable[[Request], Awaitable[Reply]]


def dotted(code: int) -> str:
    """Return a code as people write it: 4.04."""
    return f"{code >> 5}.{code & 31:02}"
