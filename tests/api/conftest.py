"""The API in this process, spoken to as the apps speak to it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from graphql import OperationDefinitionNode, parse

from api import create_app, open_keys, ready_sign_in
from auth import KeySet
from domain import identity
from domain.base import rows, value
from runtime import clock as runtime_clock
from tests import seed

EXAMPLES = Path(__file__).parents[2] / "examples"


def documents() -> dict[str, str]:
    """Return the text that holds each operation of the examples."""
    return {
        definition.name.value: text
        for text in (path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.graphql")))
        for definition in parse(text).definitions
        if isinstance(definition, OperationDefinitionNode)
    }


DOCUMENTS = documents()


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a page."""
    return [edge["node"] for edge in connection["edges"]]


@dataclass
class App:
    """One caller: `token` is whose phone it is."""

    http: httpx.AsyncClient
    keys: KeySet
    token: str | None = None

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        given = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post("/graphql", json=body, headers=given | headers)

    async def run(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Send an operation of the examples, under a key of its own where it wants one."""
        if "$key: UUID!" in DOCUMENTS[operation]:
            variables = {"key": str(uuid4())} | variables
        return await self.send(DOCUMENTS[operation], operation, **variables)

    async def send(self, query: str, operation: str | None = None, **variables: Any) -> Any:
        body = {"query": query, "variables": variables, "operationName": operation}
        return (await self.post(body)).json()

    async def signed_in(self, phone: str, role: identity.Role, **facts: Any) -> "App":
        """Return the app of an enrolled person."""
        accounts = facts.pop("accounts", ())
        person_id = await identity.enrol(phone, role=role, name="Test", **facts)
        for account_id in accounts:
            await identity.grant_access(person_id, account_id)
        signed = await ready_sign_in(
            self.keys, phone=phone, wall=runtime_clock.wall(), life=timedelta(minutes=5)
        )
        return App(self.http, self.keys, signed.access.text)


@pytest.fixture
async def app(database, clock) -> AsyncIterator[App]:
    api = create_app(own_database=False)
    async with api.router.lifespan_context(api):
        transport = httpx.ASGITransport(app=api, client=("10.0.0.1", 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://feikong") as http:
            yield App(http, await open_keys(wall=runtime_clock.wall()))


@pytest.fixture
def api(town):
    """The API once more, to be served on a port."""
    return create_app(own_database=False)


@asynccontextmanager
async def served(api) -> AsyncGenerator[str]:
    """Serve an application on a free port."""
    config = uvicorn.Config(api, host="127.0.0.1", port=0, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        assert not serving.done()
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def address(api) -> AsyncIterator[str]:
    """Serve the API on a free port."""
    async with served(api) as where:
        yield where


@dataclass
class Town:
    """Two districts, two homes in the first, one in the second, and somebody of each kind."""

    district_id: int
    other_district_id: int
    home: seed.Home
    neighbour: seed.Home
    stranger: seed.Home
    customer: App
    inspector: App
    operator: App
    far_operator: App
    chief: App


CUSTOMER = "13900000001"
INSPECTOR = "13900000002"
OPERATOR = "13900000003"


@pytest.fixture
async def town(app: App, clock) -> Town:
    now = clock.now()
    first, second = await seed.district("D1", now=now), await seed.district("D2", now=now)
    home = await seed.home(first, now=now, opening_fen=10_000)
    neighbour = await seed.home(first, now=now, opening_fen=5_000)
    stranger = await seed.home(second, now=now)
    return Town(
        first,
        second,
        home,
        neighbour,
        stranger,
        await app.signed_in(CUSTOMER, "CUSTOMER", accounts=[home.account_id]),
        await app.signed_in(INSPECTOR, "INSPECTOR", district_id=first),
        await app.signed_in(OPERATOR, "OPERATOR", district_id=first),
        await app.signed_in("13900000004", "OPERATOR", district_id=second),
        await app.signed_in("13900000005", "OPERATOR"),
    )


async def counted(*tables: str) -> tuple[int, ...]:
    """Return how many rows each table holds: nothing moved if it is the same as before."""
    return tuple([await value(f"select count(*) from {table}") for table in tables])


async def all_rows(table: str) -> list[dict[str, Any]]:
    return await rows(f"select * from {table} order by 1")
