"""Logs: structured lines without personal data, one event each.

JSON for machines, colours on a terminal. Lines of the libraries pass the same redaction.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.types import Processor

__all__ = ["configure", "redact"]

_CHATTY = (
    "arq",
    "coap",
    "coap-server",
    "fontTools",
    "httpx",
    "tortoise",
    "uvicorn.access",
    "uvicorn.error",
)
_STRANGERS = ("feikong.coap",)
"""Loggers that warn of what comes in, as often as anybody likes to send it."""

_HIDDEN = "***"
_SECRET_KEYS = frozenset({
    "access_token",
    "address",
    "authorization",
    "body",
    "contact_name",
    "cookie",
    "customer_name",
    "key_material",
    "name",
    "otp",
    "params",
    "password",
    "person_name",
    "phone",
    "refresh_token",
    "secret",
    "sign_in_code",
    "signature",
    "text",
    "token",
    "usage_address",
})
_SECRET_TEXTS = (
    re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*(?=@)"),  # user:password@ in a URL
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),  # a JWT
    re.compile(r"(?i)(?<=bearer )[\w.~+/=-]+"),
    re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)"),  # a mobile phone
    # What the database says about a row or a value, up to the next exception of the chain.
    re.compile(r"(?s)(?<=DETAIL:).*?(?=\n\n(?:The above|During)|\Z)"),
    re.compile(r"(?s)(?<=for query argument ).*?(?=\n\n(?:The above|During)|\Z)"),
    re.compile(r"(?<=invalid input syntax for type ).*"),
)


def configure(*, level: str = "info", form: str = "auto", process: str = "feikong") -> None:
    """Set up this process's logs; every line carries the name of the process."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _named(process),
        redact,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    for stranger in _STRANGERS:
        logging.getLogger(stranger).setLevel(max(logging.ERROR, root.level))


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Hide phones, names, addresses, tokens, codes and keys, by key and by their look."""
    return {key: _clean(key, content) for key, content in event.items()}


def _clean(key: str, content: Any) -> Any:
    if key.lower() in _SECRET_KEYS:
        return _HIDDEN
    if isinstance(content, str):
        for pattern in _SECRET_TEXTS:
            content = pattern.sub(_HIDDEN, content)
        return content
    if isinstance(content, dict):
        return {k: _clean(str(k), v) for k, v in content.items()}
    if isinstance(content, list | tuple):
        return [_clean("", item) for item in content]
    return content


def _named(process: str) -> Processor:
    def add(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:
        event["process"] = process
        return event

    return add
