"""Health: `/livez`, `/readyz` and `/metrics` of a process.

Live: the process answers. Ready: each of its checks holds; the answer names those that do not. The
API mounts `routes` into its own application, the others serve them on a small port of their own.
"""

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runtime import database

__all__ = ["Check", "routes", "serve"]

Check = Callable[[], Awaitable[bool]]
"""Tells whether something that the process needs is there."""


def routes(checks: Mapping[str, Check] | None = None) -> list[Route]:
    """Return the three routes; the database is checked where no checks are given."""
    asked = {"database": database.is_ready} if checks is None else checks

    async def ready(_: Request) -> Response:
        answers = {name: await check() for name, check in asked.items()}
        return JSONResponse(answers, status_code=200 if all(answers.values()) else 503)

    return [
        Route("/livez", _live),
        Route("/readyz", ready),
        Route("/metrics", _metrics),
    ]


async def serve(host: str, port: int, *, checks: Mapping[str, Check] | None = None) -> None:
    """Serve the three routes until cancelled."""
    app = Starlette(routes=routes(checks))
    await _Server(
        uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off")
    ).serve()


async def _live(_: Request) -> Response:  # ruff: ignore[unused-async] -- not worth a thread
    return PlainTextResponse("ok")


async def _metrics(_: Request) -> Response:  # ruff: ignore[unused-async] -- not worth a thread
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        # Signals belong to the process's main work, which cancels us.
        yield
