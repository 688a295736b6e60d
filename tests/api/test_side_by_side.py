"""Several operations on one websocket share what they load, and nothing of each other's end."""

import asyncio
import json

import pytest
from tortoise import connections

from api import create_app
from tests.api.test_billing import block
from tests.api.test_subscription import WITHIN_S, connected, heard

__all__ = ["block"]
ROUNDS = 6
BILLS = (
    "{ viewer { accounts(first: 1) { edges { node { bills(first: 3) { edges { node {"
    " parts { __typename } recomputed { __typename } } } } } } } } }"
)


@pytest.fixture
def api(block):
    return create_app(own_database=False)


async def test_a_query_that_is_withdrawn_beside_another_keeps_no_connection(block, address):
    for _ in range(ROUNDS):
        async with connected(address, block.customer.token) as socket:
            assert (await heard(socket))["type"] == "connection_ack"
            for name in ("1", "2"):
                asks = {"id": name, "type": "subscribe", "payload": {"query": BILLS}}
                await socket.send(json.dumps(asks))
            await socket.send(json.dumps({"id": "1", "type": "complete"}))
            told = await heard(socket)
            while told["id"] != "2":
                told = await heard(socket)
            assert "errors" not in told["payload"]
            (account,) = told["payload"]["data"]["viewer"]["accounts"]["edges"]
            assert account["node"]["bills"]["edges"][0]["node"]["parts"]
    pool = connections.get("default")._pool
    async with asyncio.timeout(WITHIN_S):
        while pool._lent:
            await asyncio.sleep(0.01)
