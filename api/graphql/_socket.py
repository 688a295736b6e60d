"""GraphQL over a websocket: graphql-transport-ws."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import orjson
from graphql import GraphQLError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from ._context import Context
from ._error import Unacceptable

if TYPE_CHECKING:
    from ._view import View


class TextAdapter(ASGIWebSocketAdapter):
    """Messages are text: clients decode no bytes."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message."""
        await self.ws.send_text(orjson.dumps(message).decode())


class Socket(BaseGraphQLTransportWSHandler[Context, None]):
    """Documents may be named by their hash here too."""

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation."""
        documents = cast("View", self.view).documents
        try:
            query = documents.text(message["payload"])
        except Unacceptable as error:
            told = GraphQLError(error.reason, extensions={"code": error.code})
            payload = [told.formatted]
            await self.send_message({"id": message["id"], "type": "error", "payload": payload})
            return
        message["payload"]["query"] = query or ""
        await super().handle_subscribe(message)
