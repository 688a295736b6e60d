"""The application: strawberry's own view, one transaction of the caller's for each operation."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import strawberry
from cross_web import HTTPException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import SchemaExtension
from tortoise import Tortoise
from tortoise.transactions import in_transaction

from api import Credentials, Trust, open_keys
from auth import TokenRejected
from runtime import clock, database
from runtime.settings import settings

from ._schema import Query

_MODELS = "cli.bench.graphql.stock._models"


class Behind(SchemaExtension):
    """Everything is read in one transaction, as who asks."""

    async def on_operation(self) -> AsyncGenerator[None, None]:
        """Open the transaction, and close it when the operation is through."""
        async with in_transaction() as connection:
            await connection.execute_script(
                "set local plan_cache_mode = force_generic_plan;"
                "set local role feikong_customer; select look_as(current_user, 'CUSTOMER',"
                f" {int(self.execution_context.context['who'])}, null)"
            )
            yield  # ruff: ignore[yield-in-context-manager-in-async-generator] -- the shape of an extension


class View(GraphQL[dict[str, int], None]):
    """Strawberry's view, with who asks, and with orjson as its documentation advises."""

    def __init__(self, stock: "Stock") -> None:
        super().__init__(strawberry.Schema(Query, extensions=[Behind]), graphql_ide=None)
        self.stock = stock

    async def get_context(self, request: Any, response: Any) -> dict[str, int]:  # ruff: ignore[unused-method-argument]
        """Return who asks."""
        return {"who": self.stock.who(request)}

    def encode_json(self, data: object) -> bytes:
        """Write the answer."""
        return orjson.dumps(data)


class Stock:
    """The application and what it holds open."""

    def __init__(self) -> None:
        self.app = Starlette(routes=[Route("/graphql", View(self))], lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        given = settings()
        assert given.database_url
        await database.open_database(given.database_url, pool_max=1, name="stock-keys")
        self.trust = Trust(await open_keys(wall=clock.wall()), wall=clock.wall)
        await database.close_database()
        config = database.config(
            given.database_url, pool_min=given.pool_min, pool_max=given.pool_max, name="stock"
        )
        config["apps"] = {"stock": {"models": [_MODELS], "default_connection": "default"}}
        config["connections"]["default"]["engine"] = "tortoise.backends.asyncpg"
        await Tortoise.init(config=config, _enable_global_fallback=True)
        try:
            yield
        finally:
            await Tortoise.close_connections()

    def who(self, request: Request) -> int:
        """Return who asks; nobody is answered with 401."""
        try:
            asks = self.trust.principal(Credentials(request.headers.get("authorization")))
        except TokenRejected:
            asks = None
        if asks is None:
            raise HTTPException(401, "Sign in again.")
        return asks.person_id
