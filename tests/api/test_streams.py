"""Streams have bounds, know what was missed, and leave who does not listen."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from itertools import count

import httpx
import pytest
import websockets
from starlette.websockets import WebSocket

from api import create_app
from api._edge import Edge
from api.graphql import schema
from api.graphql.limit import Crowd, Crowded
from api.graphql.transport._socket import TextAdapter
from domain.base import run, value
from runtime import settings as runtime_settings
from tests.api.conftest import served
from tests.api.test_subscription import WITHIN_S, connected, heard

SOCKET = sys.modules[TextAdapter.__module__]
ACCOUNT = (
    "subscription($number: String!, $since: String) {"
    " accountChanged(number: $number, since: $since) {"
    " revision missed account { balance { available { amount } } } } }"
)


@pytest.fixture
def few():
    """Bounds that a test can reach."""
    given = runtime_settings.settings()
    bounds = {"streams_per_person": 2, "connections_per_address": 3, "connections": 100}
    runtime_settings.use(given.model_copy(update=bounds))
    yield
    runtime_settings.use(given)


@pytest.fixture
async def narrow(few, town):
    api = create_app(own_database=False)
    async with served(api) as where:
        yield where, api


async def asked(socket, query, *, key="1", **variables):
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"id": key, "type": "subscribe", "payload": payload}))
    while (event := await heard(socket)).get("id") != key:
        pass  # news of another operation of the connection
    return event


async def opened(stack, address, token):
    socket = await stack.enter_async_context(connected(address, token))
    assert (await heard(socket))["type"] == "connection_ack"
    return socket


def told(event, field="accountChanged"):
    assert event["type"] == "next", event
    return event["payload"]["data"][field]


def codes(event):
    assert event["type"] in {"error", "next"}
    errors = event["payload"] if event["type"] == "error" else event["payload"]["errors"]
    return [each["extensions"]["code"] for each in errors]


async def test_a_person_has_so_many_streams_over_all_connections(narrow, town):
    address, api = narrow
    number = town.home.number
    async with AsyncExitStack() as stack:
        sockets = [await opened(stack, address, town.customer.token) for _ in range(2)]
        for socket in sockets:
            told(await asked(socket, ACCOUNT, number=number))
        refused = await asked(sockets[0], ACCOUNT, key="2", number=number)
        assert codes(refused) == ["TOO_MANY_STREAMS"]
        # The connection and its streams stay; whoever ends one may begin another.
        await sockets[1].send(json.dumps({"id": "1", "type": "complete"}))
        async with asyncio.timeout(WITHIN_S):
            for n in count(3):
                again = await asked(sockets[0], ACCOUNT, key=str(n), number=number)
                if "errors" not in again["payload"]:
                    break
                await asyncio.sleep(0.02)
    await emptied(api)


async def emptied(api):
    async with asyncio.timeout(WITHIN_S):
        while api.state.services.crowd._open:
            await asyncio.sleep(0.01)


async def test_one_connection_too_many_of_an_address_is_closed_with_try_again_later(narrow, town):
    address, api = narrow
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await opened(stack, address, town.customer.token)
        protocol = ["graphql-transport-ws"]
        async with websockets.connect(f"ws://{address}/graphql", subprotocols=protocol) as socket:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await heard(socket)
        assert closed.value.rcvd.code == 1013
        # A stream over plain HTTP is a connection, too: refused with a code.
        async with httpx.AsyncClient() as http:
            answer = await http.post(
                f"http://{address}/graphql",
                json={"query": ACCOUNT, "variables": {"number": town.home.number}},
                headers={
                    "authorization": f"Bearer {town.customer.token}",
                    "accept": "text/event-stream",
                },
            )
        assert "TOO_MANY_STREAMS" in answer.text
        assert answer.text.rstrip().endswith("event: complete\ndata:")
    await emptied(api)


def test_a_full_house_takes_nobody_and_forgets_who_has_left():
    crowd = Crowd(connections=2, per_address=2, per_person=1)
    with crowd.connection("a"), crowd.connection("b"):
        with pytest.raises(Crowded), crowd.connection("c"):
            pass
        with crowd.stream(1), crowd.stream(2), pytest.raises(Crowded), crowd.stream(2):
            pass
    assert not crowd._open


async def test_operations_of_one_connection_are_bounded_with_a_code(town, address, monkeypatch):
    monkeypatch.setattr(SOCKET, "OPERATIONS_MAX", 1)
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.customer.token)
        told(await asked(socket, ACCOUNT, number=town.home.number))
        refused = await asked(socket, "{ viewer { role } }", key="2")
        assert (refused["id"], codes(refused)) == ("2", ["TOO_MANY_STREAMS"])


async def test_a_connection_on_which_nothing_runs_is_closed(town, address, monkeypatch):
    monkeypatch.setattr(SOCKET, "IDLE_S", 0.2)
    async with AsyncExitStack() as stack:
        busy = await opened(stack, address, town.customer.token)
        told(await asked(busy, ACCOUNT, number=town.home.number))
        idle = await opened(stack, address, town.customer.token)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await heard(idle)
        assert closed.value.rcvd.code == 1001
        await town.home.pays(100, at=town.home.installed_at)
        told(await heard(busy))


async def test_a_websocket_that_takes_nothing_is_left(monkeypatch):
    monkeypatch.setattr(SOCKET, "SEND_WITHIN_S", 0.05)
    sent = []

    async def send(message):
        sent.append(message["type"])
        if message["type"] == "websocket.send":
            await asyncio.Event().wait()

    async def receive():
        return {"type": "websocket.connect"}

    socket = WebSocket({"type": "websocket", "subprotocols": []}, receive, send)
    await socket.accept()
    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(SOCKET.WebSocketDisconnected):
            await TextAdapter(None, socket, socket).send_json({"type": "pong"})
    assert sent == ["websocket.accept", "websocket.send", "websocket.close"]


async def test_a_stream_that_nobody_takes_is_ended():
    ended = asyncio.Event()

    async def streaming(scope, receive, send):
        try:
            kind = [(b"content-type", b"text/event-stream")]
            await send({"type": "http.response.start", "status": 200, "headers": kind})
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
        finally:
            ended.set()

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    scope = {"type": "http", "headers": [], "path": "/graphql"}
    async with asyncio.timeout(WITHIN_S):
        await Edge(streaming, send_timeout_s=0.05)(scope, receive, send)
    assert ended.is_set()


async def test_after_a_reconnect_it_is_told_whether_anything_was_missed(town, address, clock):
    number = town.home.number

    async def first(since=None):
        async with AsyncExitStack() as stack:
            socket = await opened(stack, address, town.customer.token)
            return told(await asked(socket, ACCOUNT, number=number, since=since))

    begun = await first()
    assert begun["missed"] is False
    assert await first(begun["revision"]) == begun
    await town.home.pays(2_345, at=clock.now())
    again = await first(begun["revision"])
    assert again["missed"] is True
    assert again["account"]["balance"]["available"]["amount"] == "123.45"
    assert again["revision"] != begun["revision"]
    assert (await first(again["revision"]))["missed"] is False
    assert (await first("anything"))["missed"] is True


async def test_an_event_carries_the_revision_that_a_reconnect_begins_with(town, address, clock):
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.customer.token)
        begun = told(await asked(socket, ACCOUNT, number=town.home.number))
        await town.home.pays(100, at=clock.now())
        while (event := told(await heard(socket)))["account"] == begun["account"]:
            pass
        assert event["missed"] is False
        other = await opened(stack, address, town.customer.token)
        since = event["revision"]
        again = told(await asked(other, ACCOUNT, number=town.home.number, since=since))
        assert again == event


COMMAND = "subscription($id: ID!) { commandProgressed(id: $id) { command { id verb state } } }"


async def commanded(town) -> str:
    """Protect the account: its meter is told to keep supply on."""
    await town.operator.run("Protect", number=town.home.number, why="test")
    query = (
        "query($n: String!) {"
        " account(number: $n) { commands(first: 1) { edges { node { id } } } } }"
    )
    answer = await town.operator.send(query, n=town.home.number)
    return answer["data"]["account"]["commands"]["edges"][0]["node"]["id"]


async def test_an_instruction_is_followed_to_its_end(town, address):
    command_id = await commanded(town)
    again = await town.operator.run("Again", id=command_id)
    assert again["data"]["node"]["id"] == command_id
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.operator.token)
        begun = told(await asked(socket, COMMAND, id=command_id), "commandProgressed")
        assert begun["command"]["state"] == "PENDING"
        await run("update command set state = 'SENT', sent_at = now()")
        sent = told(await heard(socket), "commandProgressed")
        assert sent["command"]["state"] == "SENT"
        await run("update command set state = 'VERIFIED', closed_at = now()")
        done = told(await heard(socket), "commandProgressed")
        assert done["command"]["state"] == "VERIFIED"
        assert (await heard(socket))["type"] == "complete"


async def test_a_foreign_instruction_cannot_be_followed(town, address):
    command_id = await commanded(town)
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.far_operator.token)
        for key, each in (("1", command_id), ("2", "nothing")):
            assert codes(await asked(socket, COMMAND, key=key, id=each)) == ["NOT_FOUND"]
            assert (await heard(socket))["type"] == "complete"


TASKS = (
    "subscription($since: String) {"
    " tasksChanged(since: $since) { revision missed tasks { id state } } }"
)


async def test_an_inspector_is_told_of_tasks_as_they_come_and_go(town, address, clock):
    task_id = await value(
        "insert into task (kind, district_id, state, key, detail, result, created_at, due_at)"
        " values ('TEST', $1, 'OPEN', 'k', '{}', '{}', $2, $2) returning id",
        town.district_id,
        clock.now(),
    )
    person_id = await value("select id from person where phone = '13900000002'")
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.inspector.token)
        begun = told(await asked(socket, TASKS), "tasksChanged")
        assert begun["tasks"] == []
        await run(
            "update task set state = 'ASSIGNED', assignee_id = $1 where id = $2", person_id, task_id
        )
        assigned = told(await heard(socket), "tasksChanged")
        assert [each["state"] for each in assigned["tasks"]] == ["ASSIGNED"]
        await run("update task set state = 'DONE' where id = $1", task_id)
        assert told(await heard(socket), "tasksChanged")["tasks"] == []
        other = await opened(stack, address, town.inspector.token)
        again = told(await asked(other, TASKS, since=assigned["revision"]), "tasksChanged")
        assert (again["missed"], again["revision"]) == (True, begun["revision"])
        customer = await opened(stack, address, town.customer.token)
        assert codes(await asked(customer, TASKS)) == ["FORBIDDEN"]


def test_every_topic_of_the_plan_can_be_watched():
    assert set(schema()._schema.subscription_type.fields) >= {
        "accountChanged",
        "commandProgressed",
        "tasksChanged",
    }


async def test_a_stream_ends_soon_after_its_session(town, address):
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, town.customer.token)
        told(await asked(socket, ACCOUNT, number=town.home.number))
        await run("update session set revoked_at = now(), revoked_why = 'SIGN_OUT'")
        assert codes(await heard(socket)) == ["UNAUTHENTICATED"]
        assert (await heard(socket))["type"] == "complete"
