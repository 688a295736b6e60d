"""Hostile requests: what each costs this process, and that memory comes back.

`HOSTILE` is also what the tests of the limits send: each request names the code that refuses it.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import psutil
from starlette.types import ASGIApp, Message, Scope

from api import create_app

CPU_MS_MAX = 50
_ROUNDS = 5
_NS_PER_US = 1_000
_KIB = 1024
_MEMORY_ROUNDS = 3
_CHUNK = 64 * _KIB

Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request, and the code that it is refused with."""

    code: str
    query: str | None = None
    body: bytes | None = None

    def content(self, salt: int) -> bytes:
        """Return the body; the salt keeps it from being known already."""
        if self.body is not None:
            return self.body
        return orjson.dumps({"query": f"#{salt}\n{self.query}", "variables": {"n": 1}})


def bomb(levels: int, leaf: str = "id") -> str:
    """Return a document whose fragments double at each level."""
    spreads = " ".join(
        f"fragment f{i} on Account {{ ...f{i + 1} ...f{i + 1} }}" for i in range(levels)
    )
    home = "query { viewer { accounts { edges { node { ...f0 } } } } }"
    return f"{home} {spreads} fragment f{levels} on Account {{ {leaf} }}"


def _many(count: int, form: str) -> str:
    return " ".join(form.format(i=i) for i in range(count))


_PAGES = (
    "accounts(first: 100) { edges { node { payments(first: 100) { edges { node { id } } } } } }"
)
_CIRCLE = _many(30, "fragment g{i} on Viewer {{ ...g{i}x }} fragment g{i}x on Viewer {{ role }}")

HOSTILE: dict[str, Hostile] = {
    "fragment bomb of aliases": Hostile("ALIASES_LIMIT", bomb(20, "a: id")),
    "fragment bomb of fields": Hostile("COST_LIMIT", bomb(40)),
    "fragment bomb of directives": Hostile("DIRECTIVES_LIMIT", bomb(20, "id @skip(if: true)")),
    "fragment cycle": Hostile(
        "FRAGMENT_CYCLE", "query { viewer { ...a } } fragment a on Viewer { ...a }"
    ),
    "long fragment cycle": Hostile(
        "FRAGMENT_CYCLE",
        "query { viewer { ...c0 } } "
        + " ".join(f"fragment c{i} on Viewer {{ ...c{(i + 1) % 40} }}" for i in range(40)),
    ),
    "fragment flood": Hostile("FRAGMENTS_LIMIT", "{ viewer { role } } " + _CIRCLE),
    "spread flood": Hostile(
        "REPEATS_LIMIT", "{ viewer { " + "...f " * 300 + "} } fragment f on Viewer { role }"
    ),
    "field flood": Hostile("REPEATS_LIMIT", "{ viewer { " + "role " * 980 + "} }"),
    "alias flood": Hostile("ALIASES_LIMIT", "{ viewer { " + _many(300, "b{i}: role") + " } }"),
    "root fields": Hostile("ROOT_FIELDS_LIMIT", "{ " + "viewer { role } " * 11 + "}"),
    "operation flood": Hostile(
        "ROOT_FIELDS_LIMIT", _many(100, "query q{i} {{ viewer {{ role }} }}")
    ),
    "directive flood": Hostile("DIRECTIVES_LIMIT", "{ viewer { role " + "@skip " * 300 + "} }"),
    "nested pages": Hostile("COST_LIMIT", "query { viewer { " + _PAGES + " } }"),
    "nested pages by a variable": Hostile(
        "COST_LIMIT", "query($n: Int!) { viewer { " + _PAGES.replace("100", "$n") + " } }"
    ),
    "depth": Hostile("DEPTH_LIMIT", "query { viewer " + "{ x " * 13 + "}" * 14),
    "a deep well": Hostile("DEPTH_LIMIT", "{a" * 330 + "}" * 330),
    "brackets": Hostile("DEPTH_LIMIT", "{a" * 30_000),
    "100,000 brackets": Hostile("BODY_TOO_LARGE", "[" * 100_000),
    "a deep list": Hostile("DEPTH_LIMIT", "{ node(id: " + "[" * 450 + "]" * 450 + ") { id } }"),
    "a deep object": Hostile(
        "DEPTH_LIMIT", "{ node(id: " + "{a:" * 300 + "1" + "}" * 300 + ") { id } }"
    ),
    "nested inline fragments": Hostile(
        "DEPTH_LIMIT", "{ viewer " + "{ ... " * 300 + "{ role }" + " }" * 300 + " }"
    ),
    "tokens": Hostile("TOKENS_LIMIT", "query { " + "a " * 1001 + "}"),
    "unknown fields": Hostile(
        "GRAPHQL_VALIDATION_FAILED", "{ viewer { " + _many(900, "rol{i}") + " } }"
    ),
    "unknown arguments": Hostile(
        "GRAPHQL_VALIDATION_FAILED", "{ viewer(" + _many(300, "a{i}: 1") + ") { role } }"
    ),
    "unused variables": Hostile(
        "GRAPHQL_VALIDATION_FAILED", "query(" + _many(230, "$a{i}: Int") + ") { viewer { role } }"
    ),
    "sign-in flood": Hostile(
        "SIGN_IN_ALONE",
        "mutation { "
        + _many(9, 'a{i}: requestSignInCode(input: {{phone: "{i}"}}) {{ expiresInSeconds }}')
        + " }",
    ),
    "deep variables": Hostile(
        "BAD_REQUEST",
        body=b'{"query": "{ viewer { role } }", "variables": '
        + b'{"a":' * 5_000
        + b"1"
        + b"}" * 5_001,
    ),
    "a batch": Hostile("BAD_REQUEST", body=b"[" + b'{"query": "{viewer{role}}"},' * 999 + b"1]"),
    "half a document": Hostile("GRAPHQL_PARSE_FAILED", "query {"),
    "20 MB": Hostile("BODY_TOO_LARGE", body=b" " * (20 * _KIB * _KIB)),
}


async def hostile(*, told: Told) -> dict[str, Any]:
    """Send each request and measure what it costs, over the whole application but the socket."""
    app = create_app(own_database=False)
    async with app.router.lifespan_context(app):
        found = {}
        for done, (name, each) in enumerate(HOSTILE.items()):
            told(name, done)
            found[name] = await _measured(app, each)
        before = _memory_kib()
        for k in range(_MEMORY_ROUNDS):
            for each in HOSTILE.values():
                await _sent(app, each.content(-k))
        grown = _memory_kib() - before
    worst = max(each["cpu_us"] for each in found.values())
    return {
        "bench": "hostile",
        "documents": len(found),
        "refused": sum(each["refused"] for each in found.values()),
        "cpu_ms_worst": -(-worst // 1_000),
        "cpu_ms_max": CPU_MS_MAX,
        "memory_kib_grown": grown,
        "each": found,
    }


async def _measured(app: ASGIApp, each: Hostile) -> dict[str, Any]:
    costs = []
    for k in range(_ROUNDS):
        content = each.content(k)
        started = time.process_time_ns()
        status, answer = await _sent(app, content)
        costs.append((time.process_time_ns() - started) // _NS_PER_US)
    code = orjson.loads(answer)["errors"][0]["extensions"]["code"]
    return {
        "status": status,
        "code": code,
        "refused": code == each.code and status < 500,  # ruff: ignore[magic-value-comparison]
        # The least: what else runs on the machine only ever adds.
        "cpu_us": min(costs),
    }


async def _sent(app: ASGIApp, content: bytes) -> tuple[int, bytes]:
    """Send one request as a server would hand it on: in pieces, without a promised length."""
    pieces = [content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)] or [b""]
    waiting = iter(enumerate(pieces, 1))
    answer: list[Message] = []

    async def receive() -> Message:  # ruff: ignore[unused-async] -- ASGI wants it so
        number, piece = next(waiting)
        return {"type": "http.request", "body": piece, "more_body": number < len(pieces)}

    async def send(message: Message) -> None:  # ruff: ignore[unused-async] -- ASGI wants it so
        answer.append(message)

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"feikong")],
        "client": ("127.0.0.1", 1),
        "server": ("feikong", 80),
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in answer[1:])
    return int(answer[0]["status"]), body


def _memory_kib() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss) // _KIB
