"""GraphQL over HTTP: media types, statuses, freshness, compression, documents by hash."""

import asyncio
import gzip
import json
from email import message_from_bytes
from hashlib import sha256
from operator import itemgetter
from pathlib import Path

import brotli
import httpx
import pytest
from graphql import parse, print_ast

from api import create_app, manifest_text
from api.graphql import trusted_documents
from api.graphql.transport._media_type import compressed, media_type, prefers, takes_multipart, zstd
from runtime import settings as runtime_settings
from tests.api.conftest import DOCUMENTS, EXAMPLES, App, counted

GRAPHQL = "application/graphql-response+json"
ROLE = "{ viewer { role } }"
SMALL_AND_LARGE = {"query": "{ viewer { accounts { edges { node { number } } } } }"}


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        (GRAPHQL, GRAPHQL),
        (f"application/json, {GRAPHQL}", "application/json"),
        (f"application/json;q=0.9, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.2, application/json; q=0.3", "application/json"),
        (f"{GRAPHQL};q=0, */*;q=0.1", "application/json"),
        (f"{GRAPHQL}; charset=utf-8, application/json;q=0.9", GRAPHQL),
        (f"text/event-stream;q=0.5, {GRAPHQL.upper()}", GRAPHQL),
        ("text/html", "application/json"),
        (f"{GRAPHQL};q=nonsense", "application/json"),
    ],
)
def test_the_preferred_media_type_is_chosen(accept, chosen):
    assert media_type(accept) == chosen


def test_events_are_sent_only_to_who_prefers_them():
    assert prefers("text/event-stream", "text/event-stream")
    assert not prefers(f"{GRAPHQL}, text/event-stream", "text/event-stream")
    assert not prefers("", "text/event-stream")


def test_multipart_is_for_subscriptions_and_not_for_deferred_parts():
    assert takes_multipart(f"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,{GRAPHQL}")
    assert takes_multipart('multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"')
    assert not takes_multipart(f"multipart/mixed;deferSpec=20220824,{GRAPHQL}")
    assert not takes_multipart("multipart/mixed;subscriptionSpec=1.0;q=0")


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br;q=0.5, zstd;q=0", "gzip"),
        ("*", "zstd"),
        ("*;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", None),
    ],
)
def test_the_preferred_compression_is_chosen(accept, coding):
    body = b"electricity " * 100
    packed, name = compressed(body, accept)
    assert name == coding
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
    assert unpack.get(name, bytes)(packed) == body
    assert compressed(b"little", accept) == (b"little", None)


async def test_answers_travel_compressed(app, town):
    for coding in ("gzip", "br", "zstd"):
        answer = await town.customer.post(
            {"query": DOCUMENTS["HomeScreen"]}, **{"accept-encoding": coding}
        )
        assert answer.headers["content-encoding"] == coding
        content = answer.content
        if coding in {"zstd", "br"}:
            unpack = {"br": brotli.decompress, "zstd": zstd.decompress}[coding]
            # The client may know the coding, or not.
            content = content if content.startswith(b"{") else unpack(content)
        assert json.loads(content)["data"]["viewer"]["accounts"]["edges"]


async def got(who, accept="*/*", **asked):
    fields = {k: v if isinstance(v, str) else json.dumps(v) for k, v in asked.items()}
    headers = {"authorization": f"Bearer {who.token}", "accept": accept}
    return await who.http.get("/graphql", params=fields, headers=headers)


async def test_what_cannot_be_run_has_a_status_and_no_data(app, town):
    coercion = {"query": "query($n: ID!) { node(id: $n) { id } }", "variables": {"n": [1]}}
    for body in ({"query": "{"}, {"query": "{ nothing }"}, coercion, {"query": " "}):
        answer = await town.customer.post(body, accept=GRAPHQL)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
        assert "data" not in answer.json()
        older = await town.customer.post(body, accept="application/json")
        assert older.headers["content-type"] == "application/json; charset=utf-8"
        assert "data" not in older.json()


async def test_of_several_operations_one_has_to_be_named(app, town):
    two = {"query": "query A { viewer { role } } query B { __typename }"}
    for answer in (
        await town.customer.post(two, accept=GRAPHQL),
        await got(town.customer, GRAPHQL, **two),
        await town.customer.post(two | {"operationName": "C"}, accept=GRAPHQL),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert "data" not in answer.json()
    named = await town.customer.post(two | {"operationName": "B"})
    assert named.json() == {"data": {"__typename": "Query"}}


async def test_other_methods_are_told_what_is_allowed(app):
    for method in ("PUT", "DELETE", "PATCH"):
        answer = await app.http.request(method, "/graphql")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, POST"


async def test_where_nothing_is_that_is_said_in_json(app):
    for method, path, status, code in (
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/bills/x.pdf", 404, "NOT_FOUND"),
        ("DELETE", "/.well-known/jwks.json", 405, "METHOD_NOT_ALLOWED"),
    ):
        answer = await app.http.request(method, path)
        extensions = answer.json()["errors"][0]["extensions"]
        assert (answer.status_code, extensions["code"]) == (status, code)
        assert extensions["requestId"] == answer.headers["x-request-id"]
    assert "GET" in answer.headers["allow"]


async def test_a_mutation_by_get_is_refused_whatever_is_accepted(app, town):
    before = await counted("repair_request", "sign_in_code")
    mutation = 'mutation { requestSignInCode(input: {phone: "13900000001"}) { expiresInSeconds } }'
    for accept in ("*/*", GRAPHQL, "text/event-stream", "multipart/mixed;subscriptionSpec=1.0"):
        answer = await got(town.customer, accept, query=mutation)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
        assert answer.json()["errors"]
    assert await counted("repair_request", "sign_in_code") == before


async def test_an_upload_is_refused_in_json(app):
    answer = await app.http.post("/graphql", files={"0": b"x"}, data={"operations": "{}"})
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "MEDIA_TYPE"


async def test_an_answer_that_is_still_fresh_is_not_sent_again(app, town):
    first = await got(town.customer, query=SMALL_AND_LARGE["query"])
    assert first.headers["cache-control"] == "private, max-age=0, must-revalidate"
    assert {"Accept", "Accept-Encoding", "Accept-Language", "Authorization"} == set(
        first.headers["vary"].split(", ")
    )
    tag = first.headers["etag"]
    headers = {"authorization": f"Bearer {town.customer.token}"}
    for given in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = await app.http.get(
            "/graphql", params=SMALL_AND_LARGE, headers=headers | {"if-none-match": given}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    changed = await app.http.get(
        "/graphql", params={"query": ROLE}, headers=headers | {"if-none-match": tag}
    )
    assert changed.status_code == 200


async def test_a_star_spares_no_refusal_its_answer(app, town):
    headers = {"authorization": f"Bearer {town.customer.token}", "if-none-match": "*"}
    refused = await app.http.get("/graphql", params={"query": "{ nothing }"}, headers=headers)
    assert refused.json()["errors"]
    posted = await app.http.post("/graphql", json={"query": ROLE}, headers=headers)
    assert posted.json()["data"]


async def test_the_home_screen_costs_nothing_where_nothing_has_changed(town, clock, production):
    (name,) = (i for i, body in trusted_documents().items() if "query HomeScreenAgain" in body)
    first = await got(production, documentId=name)
    assert first.json()["data"]["viewer"]["accounts"]["edges"]
    headers = {
        "authorization": f"Bearer {production.token}",
        "if-none-match": first.headers["etag"],
    }
    asked = {"params": {"documentId": name}, "headers": headers}
    clock.forward(minutes=1)
    again = await production.http.get("/graphql", **asked)
    assert (again.status_code, again.content) == (304, b"")
    await town.home.pays(5_000, at=clock.now())
    changed = await production.http.get("/graphql", **asked)
    assert changed.status_code == 200


async def test_nothing_but_a_good_get_may_be_kept(app, town):
    for answer in (
        await town.customer.post({"query": ROLE}),
        await got(town.customer, GRAPHQL, query="{ nothing }"),
        await got(town.customer, extensions={"persistedQuery": persisted("x")}),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


def persisted(text):
    return {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}


async def test_a_query_is_registered_once_and_then_named(app, town):
    named = {"extensions": {"persistedQuery": persisted(ROLE)}}
    unknown = await town.customer.post(named)
    assert unknown.status_code == 200
    (error,) = unknown.json()["errors"]
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"

    registering = await got(town.customer, query=ROLE, **named)
    for answer in (registering, await town.customer.post(named), await got(town.customer, **named)):
        assert answer.json() == {"data": {"viewer": {"role": "CUSTOMER"}}}


async def test_a_false_hash_registers_nothing(app, town):
    other = "{ viewer { name } }"
    false = {"query": ROLE, "extensions": {"persistedQuery": persisted(other)}}
    assert (await town.customer.post(false)).status_code == 400
    answer = await town.customer.post({"extensions": {"persistedQuery": persisted(other)}})
    assert answer.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    for odd in (1, {}, {"version": 2, "sha256Hash": "0" * 64}, {"version": 1, "sha256Hash": 1}):
        answer = await town.customer.post({"query": ROLE, "extensions": {"persistedQuery": odd}})
        assert answer.status_code == 400


async def test_a_document_of_the_manifest_is_named_by_its_id(app, town):
    (home,) = (i for i, body in trusted_documents().items() if "query HomeScreen " in body)
    for name in (home, f"sha256:{home}"):
        for answer in (
            await town.customer.post({"documentId": name}),
            await got(town.customer, documentId=name),
        ):
            assert answer.json()["data"]["viewer"]["name"] == "Test"
    for name in ("sha256:" + "0" * 64, "", 1):
        answer = await town.customer.post({"documentId": name})
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_UNKNOWN"


def test_the_manifest_holds_every_operation_of_the_examples():
    texts = [path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.graphql"))]
    written = Path("api/trusted_documents.json").read_text("utf-8")
    assert written == manifest_text(texts), "make schema"
    assert {each["name"] for each in json.loads(written)["operations"]} == DOCUMENTS.keys()


@pytest.fixture
async def production(town):
    """The API as it is in production, for somebody who has signed in."""
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"profile": "production"}))
    api = create_app(own_database=False)
    async with api.router.lifespan_context(api):
        transport = httpx.ASGITransport(app=api, client=("10.0.0.1", 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://feikong") as http:
            yield App(http, town.customer.keys, town.customer.token)
    runtime_settings.use(given)


async def test_production_runs_trusted_documents_only(production):
    for text in (ROLE, "{ __typename }", DOCUMENTS["HomeScreen"].replace("first: 3", "first: 4")):
        answer = await production.post({"query": text}, accept=GRAPHQL)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"


async def test_production_runs_what_a_client_makes_of_a_trusted_document(production):
    shipped = DOCUMENTS["HomeScreen"]
    printed = print_ast(parse(shipped))
    completed = printed.replace("{\n", "{\n __typename\n").replace(
        "query HomeScreen {\n __typename", "query HomeScreen {"
    )
    turned = "\n".join(reversed(printed.split("\n\n")))
    for text in (shipped, printed, completed, turned):
        answer = await production.post({"query": text})
        assert answer.json()["data"]["viewer"]["name"] == "Test"


async def test_production_tells_nothing_about_itself(production):
    for text in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        assert "data" not in (await production.post({"query": text})).json()
    typo = (await production.post({"query": "{ viewer { nam } }"})).json()
    assert "Did you mean" not in str(typo)
    body = {"query": DOCUMENTS["StartPayment"], "operationName": "StartPayment"}
    near = await production.post(body | {"variables": {"input": {"amoun": "1.00"}}})
    assert "unknown field 'amoun'." in near.text
    assert "Did you mean" not in near.text
    assert (
        await production.http.get("/graphql", headers={"accept": "text/html"})
    ).status_code == 404
    assert (await production.http.get("/graphiql/start.js")).status_code == 404


async def parts(stream, separator):
    """Yield the payloads of a stream, whichever its framing."""
    waiting = ""
    async for text in stream.aiter_text():
        waiting += text
        *whole, waiting = waiting.split(separator)
        for part in whole:
            _, brace, content = part.partition("{")
            if brace:
                yield json.loads(brace + content)


STREAMS = {
    "text/event-stream": ("\n\n", lambda part: part),
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json': (
        "\r\n--graphql",
        itemgetter("payload"),
    ),
}


@pytest.mark.parametrize("accept", STREAMS)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_payment_is_told_over_plain_http(town, api, address, clock, accept, method):
    separator, payload = STREAMS[accept]
    asked = {"query": DOCUMENTS["AccountChanged"], "variables": {"number": town.home.number}}
    headers = {"authorization": f"Bearer {town.customer.token}", "accept": accept}
    by_url = {"query": asked["query"], "variables": json.dumps(asked["variables"])}
    given = {"json": asked} if method == "POST" else {"params": by_url}
    async with (
        asyncio.timeout(20),
        httpx.AsyncClient() as http,
        http.stream(method, f"http://{address}/graphql", headers=headers, **given) as stream,
    ):
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith(accept.partition(";")[0])
        paid = False
        async for part in parts(stream, separator):
            if part == {}:
                continue
            account = payload(part)["data"]["accountChanged"]["account"]
            if account["balance"]["available"]["amount"] == "123.45":
                break
            if not paid:
                await town.home.pays(2_345, at=clock.now())
                paid = True
    watch = api.state.services.watch.accounts
    async with asyncio.timeout(10):
        while watch._waiting:
            await asyncio.sleep(0.01)


async def test_parts_are_framed_as_mail_is(town):
    asked = {"query": DOCUMENTS["AccountChanged"], "variables": {"number": "none"}}
    answer = await town.customer.post(asked, accept=list(STREAMS)[1])
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    read = message_from_bytes(head + answer.content)
    assert (read.preamble, read.epilogue, read.defects) == (None, "", [])
    alive, refused = (json.loads(part.get_payload()) for part in read.get_payload())
    assert alive == {}
    assert refused["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_stream_that_cannot_begin_is_an_answer(app, town):
    for accept in STREAMS:
        answer = await town.customer.post({"query": "subscription { nothing }"}, accept=accept)
        assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_subscription_without_a_stream_is_refused(app, town):
    body = {"query": DOCUMENTS["AccountChanged"], "variables": {"number": town.home.number}}
    answer = await town.customer.post(body)
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["extensions"]["code"] == "STREAM_NEEDED"


async def test_a_query_may_be_answered_as_an_event(app, town):
    answer = await town.customer.post({"query": ROLE}, accept="text/event-stream")
    assert answer.text == (
        'event: next\ndata: {"data":{"viewer":{"role":"CUSTOMER"}}}\n\nevent: complete\ndata: \n\n'
    )
