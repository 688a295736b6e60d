"""The application."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from domain import identity, notification, outbox
from domain.notification import Currency
from runtime import clock, database, health, memory, redis
from runtime.settings import Settings, settings

from . import bills, channels
from ._edge import Edge
from ._shared_budget import shared_budgets
from .graphql import (
    Budget,
    Crowd,
    Documents,
    Services,
    View,
    schema,
    trusted_documents,
    trusted_forms,
)
from .sign_in import open_keys
from .trust import Trust
from .watch import Watch

# Whoever keeps the keys asks again before a new one signs.
_KEYS_KEPT_S = int(identity.KEY_LEAD.total_seconds()) // 2
_NOWHERE = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
_ASSETS = Path(__file__).parent / "graphiql" / "assets"


def create_app(*, own_database: bool = True, planned: bool = True) -> Starlette:
    """Return the API of this process under its settings.

    The lifespan opens database and doorbell; without `own_database` the caller has opened the
    database already (tests). Without `planned` strawberry runs everything as it comes (benches).
    """
    given = settings()
    open_house = given.profile != "production"
    house = _House(given, own_database=own_database, planned=planned)
    graphql = _Late(house)
    routes = [
        Route("/graphql", graphql),
        WebSocketRoute("/graphql", graphql),
        Route("/.well-known/jwks.json", house.jwks),
        *channels.routes(),
        *bills.routes(),
        *health.routes(),
    ]
    if open_house:
        routes.append(Mount("/graphiql", StaticFiles(directory=_ASSETS)))
    return Starlette(
        routes=routes,
        middleware=[Middleware(Edge)],
        exception_handlers=dict.fromkeys(_NOWHERE, _nowhere),
        lifespan=house.lifespan,
    )


def _nowhere(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = {
        "message": error.detail,
        "extensions": {
            "code": _NOWHERE[error.status_code],
            "requestId": request.scope["state"]["request_id"],
        },
    }
    return JSONResponse({"errors": [said]}, error.status_code, error.headers)


class _House:
    """What the process holds open while it serves."""

    def __init__(self, given: Settings, *, own_database: bool, planned: bool) -> None:
        self.given = given
        self.own_database = own_database
        self.planned = planned
        self.view: View | None = None

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncGenerator[None, None]:
        notification.speak_of(Currency(self.given.currency, self.given.minor_digits))
        async with AsyncExitStack() as stack:
            if self.own_database:
                await self._open_database(stack)
            database.turn_away_after(self.given.pool_wait)
            if self.given.redis_url:
                bell = await stack.enter_async_context(redis.doorbell(self.given.redis_url))
                outbox.set_bell(bell.ring)
            services = Services(
                trust=Trust(await open_keys(wall=clock.wall()), wall=clock.wall),
                watch=Watch(),
                now=clock.now,
                wall=clock.wall,
                locale=self.given.locale,
                budget=Budget(self.given.budget),
                sign_in_budget=Budget(self.given.sign_in_budget),
                crowd=_crowd(self.given),
            )
            for work in (services.watch.run(), services.trust.run()):
                stack.push_async_callback(_ended, asyncio.create_task(work))
            if self.given.redis_url:
                budgets = {"all": services.budget, "sign-in": services.sign_in_budget}
                sharing = shared_budgets(self.given.redis_url, budgets, wall=clock.wall)
                await stack.enter_async_context(sharing)
            app.state.services = services
            self.view = _view(self.given, services, planned=self.planned)
            if self.own_database:  # this process is the API, not a test of it
                memory.collect_seldom()
                memory.keep_what_is_here()
            yield

    async def _open_database(self, stack: AsyncExitStack) -> None:
        assert self.given.database_url
        await database.open_database(
            self.given.database_url,
            pool_min=self.given.pool_min,
            pool_max=self.given.pool_max,
            name="api",
            strict=self.given.profile == "production",
        )
        stack.push_async_callback(database.close_database)
        if fault := await database.wall_fault():
            raise database.UnfitServer(f"nobody can read: {fault}")

    async def jwks(self, _: Request) -> Response:
        """Publish the public keys of access tokens."""
        assert self.view is not None
        kept = {"cache-control": f"public, max-age={_KEYS_KEPT_S}"}
        return JSONResponse(self.view.services.keys.jwks(), headers=kept)


def _crowd(given: Settings) -> Crowd:
    return Crowd(
        connections=given.connections,
        per_address=given.connections_per_address,
        per_person=given.streams_per_person,
    )


def _view(given: Settings, services: Services, *, planned: bool) -> View:
    trusted = trusted_documents(given.trusted_documents)
    production = given.profile == "production"
    return View(
        schema(
            introspection=not production,
            trusted=trusted_forms(given.trusted_documents) if production else None,
        ),
        services,
        documents=Documents(trusted),
        graphiql=not production,
        planned=planned,
    )


class _Late:
    """The view comes to be in the lifespan, the routes before it."""

    def __init__(self, house: _House) -> None:
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.house.view is not None
        await self.house.view(scope, receive, send)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
