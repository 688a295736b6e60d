"""Our GraphQL next to other servers in one run.

`plain` is a plain endpoint, `stock` strawberry over the ORM, `uncompiled` our own schema and
loaders run by the stock executor.
"""

from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import orjson

from api import trusted_documents
from cli.bench._cost import middle, percent
from cli.bench._quantiles import quantiles_ms
from runtime import clock
from runtime.clock import DrivenClock
from runtime.settings import Settings

from ._server import Load, Server, loading, serving
from ._world import Caller, open_world

Told = Callable[[str, int], None]

STEPS = 5
_HOME, _BILLS = "HomeScreen", "AccountWithBills"
_DOCUMENTS = {"home_screen": _HOME, "account_with_bills": _BILLS}
_ROUNDS = {"ours": 12, "plain": 12, "stock": 3, "uncompiled": 3}
_ASKED = {"ours": 400, "plain": 400, "stock": 40, "uncompiled": 60}
_AT_ONCE = 4
_WARM = 0.25
_NS_PER_US = 1_000
_FOREVER = 1_000_000_000
_PATIENCE = timedelta(seconds=30)  # all of the crowd are to be served


async def graphql_bench(given: Settings, *, users: int, seconds: int, told: Told) -> dict[str, Any]:
    """Measure both documents on each server, then many users at once."""
    told("accounts", 0)
    callers = await open_world(users)
    path = given.data_dir / "graphql.clock"
    DrivenClock.create(path, clock.now()).close()
    served = given.model_copy(
        update={"clock_file": path, "budget": _FOREVER, "pool_wait": _PATIENCE}
    )
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(k, served)) for k in _ASKED]
        load = await stack.enter_async_context(loading(given))
        found: dict[str, Any] = {"name": "graphql", "users": users}
        for name in _DOCUMENTS:
            told(name, len(found))
            found[name] = await _document(load, servers, name, callers)
        ratios = [found[name]["ratio_percent"] for name in _DOCUMENTS]
        found["ratio_percent"] = max(ratios)
        for server in servers[:2]:
            told("users", len(found))
            order = _order(server, list(_DOCUMENTS), callers, connections=users)
            found[f"crowd_{server.kind}"] = await _crowd(
                load, server, order | {"seconds": seconds, "count": _FOREVER}
            )
    return found


async def _document(
    load: Load, servers: list[Server], name: str, callers: list[Caller]
) -> dict[str, Any]:
    costs: dict[str, list[tuple[int, int]]] = {server.kind: [] for server in servers}
    waits: dict[str, list[int]] = {server.kind: [] for server in servers}
    bodies = {}
    for server in servers:
        order = _order(server, [name], callers, connections=_AT_ONCE)
        answer = await load.ask(order | {"count": int(_count(server, callers) * _WARM)})
        bodies[server.kind] = answer["bodies"][0]
    assert len(set(bodies.values())) == 1, f"the answers differ: {bodies}"
    for server in _turns(servers):
        order = _order(server, [name], callers, connections=_AT_ONCE)
        count = _count(server, callers)
        own, database = await server.cpu_ns(), await server.database_ns()
        answer = await load.ask(order | {"count": count})
        assert not answer["errors"], f"{server.kind} answered errors"
        costs[server.kind].append((
            (await server.cpu_ns() - own) // count // _NS_PER_US,
            (await server.database_ns() - database) // count // _NS_PER_US,
        ))
        waits[server.kind] += answer["latencies_us"]
    told: dict[str, dict[str, Any]] = {
        kind: {
            # The least: what else runs on the machine only ever adds.
            "cpu_us": min(own for own, _ in found),
            "database_cpu_us": min(database for _, database in found),
            "latency_ms": quantiles_ms(waits[kind]),
        }
        for kind, found in costs.items()
    }
    rounds = zip(costs["ours"], costs["plain"], strict=True)
    ratios = [percent(ours, plain) or 0 for (ours, _), (plain, _) in rounds]
    return {
        "bytes": len(bodies["ours"]),
        **told,
        # Of neighbours in time: the hour moves both, and one lucky round does not decide.
        "ratio_percent": middle(ratios),
        "ratio_percent_of_rounds": ratios,
    }


def _turns(servers: list[Server]) -> Iterator[Server]:
    """Return who is asked when: those that are compared take turns, and turns at being first.

    The slow ones come after both: what they leave in the caches would be the next one's cost.
    """
    for compared in (servers[:2], servers[2:]):
        for k in range(_ROUNDS[compared[0].kind]):
            yield from compared[:: -1 if k % 2 else 1]


def _count(server: Server, callers: list[Caller]) -> int:
    """Return how often to ask: less in a small run, which is for tests."""
    return _ASKED[server.kind] * min(len(callers), 100) // 100


async def _crowd(load: Load, server: Server, order: dict[str, Any]) -> dict[str, Any]:
    own = await server.cpu_ns()
    answer = await load.ask(order)
    asked = len(answer["latencies_us"])
    return {
        "asked": asked,
        "errors": answer["errors"],
        "per_second": asked * 1_000_000 // answer["wall_us"],
        "cpu_us": (await server.cpu_ns() - own) // asked // _NS_PER_US,
        "latency_ms": quantiles_ms(answer["latencies_us"]),
    }


def _order(
    server: Server, names: list[str], callers: list[Caller], *, connections: int
) -> dict[str, Any]:
    make = {"plain": _plain, "stock": _stock}.get(server.kind, _graphql)
    return {
        "port": server.port,
        "requests": [make(name, caller) for caller in callers for name in names],
        "connections": connections,
        "seconds": 0,
        "count": 0,
    }


def _plain(name: str, caller: Caller) -> str:
    path = "/home" if name == "home_screen" else f"/account/{caller.number}"
    return (
        f"GET {path} HTTP/1.1\r\nhost: feikong\r\naccept: application/json\r\n"
        f"authorization: Bearer {caller.token}\r\n\r\n"
    )


def _graphql(name: str, caller: Caller) -> str:
    """Return what an app sends in production: the document's id and its variables."""
    return _post({"documentId": _trusted(name)[0]}, name, caller)


def _stock(name: str, caller: Caller) -> str:
    """Return the same document as text: a stock server knows no ids."""
    return _post({"query": _trusted(name)[1]}, name, caller)


def _trusted(name: str) -> tuple[str, str]:
    named = {
        text.split("(")[0].split()[1]: (key, text) for key, text in trusted_documents().items()
    }
    return named[_DOCUMENTS[name]]


def _post(asked: dict[str, str], name: str, caller: Caller) -> str:
    variables = {"number": caller.number} if name == "account_with_bills" else {}
    body = orjson.dumps(asked | {"variables": variables}).decode()
    return (
        "POST /graphql HTTP/1.1\r\nhost: feikong\r\naccept: application/json\r\n"
        f"authorization: Bearer {caller.token}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n{body}"
    )
