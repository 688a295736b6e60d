"""Watching an account over a real websocket."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import websockets

from api import create_app, ready_sign_in
from api.graphql import trusted_documents
from domain.base import run
from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from tests.api.conftest import CUSTOMER, DOCUMENTS, served

WITHIN_S = 10


@asynccontextmanager
async def connected(address, token):
    async with websockets.connect(
        f"ws://{address}/graphql", subprotocols=["graphql-transport-ws"]
    ) as socket:
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        yield socket


async def heard(socket):
    async with asyncio.timeout(WITHIN_S):
        text = await socket.recv()
    assert isinstance(text, str)
    return json.loads(text)


async def watching(socket, number):
    assert (await heard(socket))["type"] == "connection_ack"
    payload = {"query": DOCUMENTS["AccountChanged"], "variables": {"number": number}}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    return await heard(socket)


async def until(socket, met):
    """Return the first event that is met; a change may be told more than once."""
    while True:
        event = await heard(socket)
        assert event["type"] == "next", event
        account = event["payload"]["data"]["accountChanged"]["account"]
        if met(account):
            return account


async def test_a_payment_is_told_to_who_watches(town, address, clock):
    async with connected(address, town.customer.token) as socket:
        first = await watching(socket, town.home.number)
        now = first["payload"]["data"]["accountChanged"]["account"]["balance"]["available"]
        assert now["amount"] == "100.00"

        await town.home.pays(2_345, at=clock.now())

        await until(socket, lambda a: a["balance"]["available"]["amount"] == "123.45")


async def test_after_a_reconnect_nothing_is_missed(town, address, clock):
    async with connected(address, town.customer.token) as socket:
        await watching(socket, town.home.number)
    await town.home.pays(100, at=clock.now())
    async with connected(address, town.customer.token) as socket:
        first = await watching(socket, town.home.number)
        account = first["payload"]["data"]["accountChanged"]["account"]
        assert account["balance"]["available"]["amount"] == "101.00"
        await town.home.reports(at=clock.now())
        await until(socket, lambda a: a["supply"]["state"] == "ON")


async def test_a_foreign_account_cannot_be_watched(town, address):
    async with connected(address, town.customer.token) as socket:
        foreign = await watching(socket, town.neighbour.number)
    async with connected(address, town.customer.token) as socket:
        nobody = await watching(socket, "nobody")

    for answer in (foreign, nobody):
        for error in (
            answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
        ):
            error["extensions"].pop("requestId")
    assert foreign == nobody
    assert "NOT_FOUND" in str(foreign)


async def test_without_a_sign_in_nothing_can_be_watched(town, address):
    async with connected(address, None) as socket:
        answer = await watching(socket, town.home.number)
    assert "UNAUTHENTICATED" in str(answer)


async def test_a_forged_token_closes_the_connection(town, address):
    async with connected(address, town.customer.token + "x") as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await heard(socket)
    assert closed.value.rcvd.code == 4403


async def test_a_subscription_ends_with_its_token(town, address):
    signed = await ready_sign_in(
        town.customer.keys,
        phone=CUSTOMER,
        wall=runtime_clock.wall(),
        life=timedelta(seconds=3),
    )
    async with connected(address, signed.access.text) as socket:
        await watching(socket, town.home.number)
        while (event := await heard(socket))["type"] == "next" and "errors" not in event["payload"]:
            pass
    assert "UNAUTHENTICATED" in str(event)


async def test_queries_and_limits_hold_over_the_websocket_too(town, address):
    async with connected(address, town.customer.token) as socket:
        await heard(socket)
        payload = {"query": "{ viewer " + "{ x " * 13 + "}" * 14}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        answer = await heard(socket)
    assert answer["type"] == "error"
    assert answer["payload"][0]["extensions"]["code"] == "DEPTH_LIMIT"


async def test_nothing_is_watched_for_who_has_left(town, api, address):
    watch = api.state.services.watch.accounts
    async with connected(address, town.customer.token) as socket:
        await watching(socket, town.home.number)
        async with asyncio.timeout(WITHIN_S):
            while not watch._waiting:
                await asyncio.sleep(0.01)
    async with asyncio.timeout(WITHIN_S):
        while watch._waiting:
            await asyncio.sleep(0.01)
    assert not watch._marks


async def test_a_fault_in_the_middle_shows_an_id_and_nothing_else(town, address, clock):
    async with connected(address, town.customer.token) as socket:
        await watching(socket, town.home.number)
        await town.home.pays(100, at=clock.now())
        await run("alter table usage_point rename to elsewhere")
        while (event := await heard(socket))["type"] == "next" and "errors" not in event["payload"]:
            await asyncio.sleep(0)
    assert "usage_point" not in str(event)
    assert "INTERNAL" in str(event)


async def subscribed(socket, **payload):
    assert (await heard(socket))["type"] == "connection_ack"
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    return await heard(socket)


async def test_a_document_is_named_by_its_hash_over_the_websocket_too(town, address):
    (name,) = (i for i, body in trusted_documents().items() if "AccountChanged" in body)
    variables = {"number": town.home.number}
    for payload in (
        {"documentId": f"sha256:{name}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": name}}},
    ):
        async with connected(address, town.customer.token) as socket:
            event = await subscribed(socket, variables=variables, **payload)
        assert event["payload"]["data"]["accountChanged"]["account"]["id"]


async def test_an_unknown_hash_is_an_error_and_the_connection_stays(town, address):
    async with connected(address, town.customer.token) as socket:
        event = await subscribed(socket, documentId="0" * 64)
        assert event["type"] == "error"
        assert event["payload"][0]["extensions"]["code"] == "DOCUMENT_UNKNOWN"
        again = {"id": "2", "type": "subscribe", "payload": {"query": "{ viewer { role } }"}}
        await socket.send(json.dumps(again))
        assert (await heard(socket))["payload"]["data"] == {"viewer": {"role": "CUSTOMER"}}


async def test_production_watches_trusted_documents_only(town):
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"profile": "production"}))
    try:
        async with served(create_app(own_database=False)) as address:
            own = DOCUMENTS["AccountChanged"].replace("first: 1", "first: 2")
            for query, kind in ((own, "error"), (DOCUMENTS["AccountChanged"], "next")):
                async with connected(address, town.customer.token) as socket:
                    variables = {"number": town.home.number}
                    event = await subscribed(socket, query=query, variables=variables)
                    assert event["type"] == kind
                    assert kind == "next" or "DOCUMENT_NOT_TRUSTED" in str(event)
    finally:
        runtime_settings.use(given)


async def test_a_page_of_another_site_cannot_open_the_websocket(town, address):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(
            f"ws://{address}/graphql",
            subprotocols=["graphql-transport-ws"],
            origin="https://elsewhere.example",
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_the_older_protocol_is_not_spoken(address):
    async with websockets.connect(f"ws://{address}/graphql", subprotocols=["graphql-ws"]) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await heard(socket)
    assert closed.value.rcvd.code == 4406
