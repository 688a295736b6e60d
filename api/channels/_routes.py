"""The routes of the payment channels."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from ._payments import take_payment

OPENAPI = Path(__file__).parent / "openapi.json"


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route("/channels/openapi.json", _openapi),
        Route("/channels/{channel}/payments", take_payment, methods=["POST"]),
    ]


async def _openapi(_: Request) -> Response:  # ruff: ignore[unused-async] -- not worth a thread
    return FileResponse(OPENAPI, media_type="application/json")
