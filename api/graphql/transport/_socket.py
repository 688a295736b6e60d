"""GraphQL over a websocket: graphql-transport-ws.

The server pings each connection (RFC 6455) and ends it where nothing comes back. One that is too
slow to take its messages is closed with 1013, one on which nothing runs for a while with 1001; one
too many is closed with 1013: clients try again later. Whose access token is over, or whose session
has ended, begins nothing more on it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage

from api.graphql.error import ClientError, Unacceptable
from api.graphql.field import Context
from api.graphql.limit import Crowded

from ._request import checked, request_of

if TYPE_CHECKING:
    from ._view import View

SEND_WITHIN_S = 30.0
IDLE_S = 300.0
OPERATIONS_MAX = 20
_GOING_AWAY, _TRY_AGAIN_LATER = 1001, 1013


class TextAdapter(ASGIWebSocketAdapter):
    """Messages are text: clients decode no bytes."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message; a client that does not take it in time is left."""
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self.ws.send_text(orjson.dumps(message).decode())
        except WebSocketDisconnect as gone:
            raise WebSocketDisconnected from gone
        except TimeoutError as slow:
            with suppress(RuntimeError, TimeoutError):
                async with asyncio.timeout(1):
                    await self.ws.close(_TRY_AGAIN_LATER, "Too slow.")
            raise WebSocketDisconnected from slow


class Socket(BaseGraphQLTransportWSHandler[Context, None]):
    """Documents may be named by their hash here too."""

    async def handle(self) -> None:
        """Serve the connection if there is a place for it."""
        idle = asyncio.create_task(self._close_when_idle())
        try:
            with self.context.services.crowd.connection(self.context.address):
                await super().handle()
        except Crowded:
            await self.websocket.close(_TRY_AGAIN_LATER, "Too many connections.")
        finally:
            idle.cancel()
            await asyncio.gather(idle, return_exceptions=True)

    async def handle_message(self, message: Message) -> None:
        """Take a message if it has the form of one."""
        if isinstance(message, dict) and isinstance(message.get("id", ""), str | int):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Failed to parse message")

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation."""
        documents = cast("View", self.view).documents
        try:
            if len(self.operations) >= OPERATIONS_MAX and message["id"] not in self.operations:
                raise Crowded
            self.context.demand_token()
            data = request_of(checked(message["payload"]), documents, protocol="http")
        except Unacceptable as error:
            await self._refuse(message, GraphQLError(error.reason, extensions={"code": error.code}))
        except ClientError as error:
            await self._refuse(message, error)
        else:
            message["payload"]["query"] = data.query or ""
            await super().handle_subscribe(message)

    async def _refuse(self, message: SubscribeMessage, error: GraphQLError) -> None:
        payload = [error.formatted]
        await self.send_message({"id": message["id"], "type": "error", "payload": payload})

    async def _close_when_idle(self) -> None:
        ticks = 0
        while ticks < 4:  # ruff: ignore[magic-value-comparison]
            await asyncio.sleep(IDLE_S / 4)
            ticks = 0 if self.operations else ticks + 1
        await self.websocket.close(_GOING_AWAY, "Idle.")
