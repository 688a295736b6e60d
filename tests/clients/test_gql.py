"""gql, the Python client, over HTTP and over a websocket."""

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.api.conftest import DOCUMENTS


def http(address, town):
    headers = {"Authorization": f"Bearer {town.customer.token}"}
    return HTTPXAsyncTransport(url=f"http://{address}/graphql", headers=headers)


async def test_gql_fetches_the_schema_and_checks_a_document_against_it(town, address):
    async with Client(transport=http(address, town), fetch_schema_from_transport=True) as session:
        answer = await session.execute(gql(DOCUMENTS["HomeScreen"]))
    assert answer["viewer"]["name"] == "Test"


async def test_gql_raises_what_the_api_refuses(town, address):
    async with Client(transport=http(address, town)) as session:
        with pytest.raises(TransportQueryError, match="Cannot query field"):
            await session.execute(gql("{ nothing }"))


async def test_gql_watches_an_account(town, address, clock):
    transport = WebsocketsTransport(
        url=f"ws://{address}/graphql",
        init_payload={"Authorization": f"Bearer {town.customer.token}"},
    )
    document = gql(DOCUMENTS["AccountChanged"])
    document.variable_values = {"number": town.home.number}
    seen = set()
    async with Client(transport=transport) as session:
        async for event in session.subscribe(document):
            seen.add(event["accountChanged"]["account"]["balance"]["available"]["amount"])
            if len(seen) == 2:
                break
            if len(seen) == 1:
                await town.home.pays(2_345, at=clock.now(), reference="once")
    assert seen == {"100.00", "123.45"}
