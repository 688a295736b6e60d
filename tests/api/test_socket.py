"""A websocket outlives many operations: what it takes, and from whom, is looked at for each."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import websockets

from api import ready_sign_in
from runtime import clock as runtime_clock
from tests.api.conftest import CUSTOMER, counted
from tests.api.test_streams import asked, codes, opened
from tests.api.test_subscription import WITHIN_S, heard

NAME = "{ viewer { name } }"
REPORT = (
    "mutation($number: String!) { reportRepair(input: {accountNumber: $number, kind: NO_POWER,"
    ' text: "dark", idempotencyKey: "5f0c8a1e-3a86-4c9e-9d6b-0d2f6c7e8a90"}) { replayed } }'
)


async def until_refused(socket):
    """Ask until that is refused, which it is within about a second."""
    async with asyncio.timeout(WITHIN_S):
        while (event := await asked(socket, NAME))["type"] == "next":
            assert event["payload"]["data"]["viewer"] == {"name": "Test"}
            assert (await heard(socket))["type"] == "complete"
            await asyncio.sleep(0.05)
    return event


async def test_who_has_signed_out_is_answered_no_more_on_an_open_connection(town, address):
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.customer.token)
        left = await town.customer.run("SignOut", everywhere=False)
        assert left["data"]["signOut"]["signedOut"]
        assert codes(await until_refused(socket)) == ["UNAUTHENTICATED"]

        before = await counted("repair_request", "audit_entry")
        refused = await asked(socket, REPORT, key="last", number=town.home.number)
        assert codes(refused) == ["UNAUTHENTICATED"]
        assert await counted("repair_request", "audit_entry") == before


async def test_a_token_that_is_over_is_over_on_an_open_connection_too(town, address):
    keys, wall, life = town.customer.keys, runtime_clock.wall(), timedelta(seconds=4)
    signed = await ready_sign_in(keys, phone=CUSTOMER, wall=wall, life=life)
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, signed.access.text)
        assert codes(await until_refused(socket)) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    "message",
    ["[]", "5", "null", '"x"', '{"type": "complete", "id": [1]}', '{"type": "subscribe"}'],
)
async def test_what_is_no_message_ends_the_connection_with_its_code(address, message):
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, None)
        await socket.send(message)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await heard(socket)
        assert closed.value.rcvd
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
            4400,
            "Failed to parse message",
        )


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {},
        {"query": None},
        {"query": 5},
        {"query": NAME, "variables": [1]},
        {"query": NAME, "operationName": [1]},
        {"query": NAME, "extensions": "x"},
    ],
    ids=str,
)
async def test_what_is_no_request_is_refused_and_the_connection_stays(address, payload):
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, None)
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        assert codes(await heard(socket)) == ["BAD_REQUEST"]
        assert (await asked(socket, "{ __typename }", key="2"))["type"] == "next"
