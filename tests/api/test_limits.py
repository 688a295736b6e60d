"""What no document may do, and what no fault may show."""

import asyncio
import gc
import json
import re
import tracemalloc

import pytest

from api._edge import Edge
from api.graphql import schema
from api.graphql.document import preparer
from cli.bench._hostile import HOSTILE
from domain.base import run
from tests.api.conftest import counted

GRAPHQL = "application/graphql-response+json"
WITHIN_S = 10


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_request_is_refused_with_its_code(app, name):
    before = await counted("sign_in_code", "payment_order")
    hostile = HOSTILE[name]
    headers = {"content-type": "application/json", "accept": GRAPHQL}
    answer = await app.http.post("/graphql", content=hostile.content(0), headers=headers)

    assert 400 <= answer.status_code < 500
    content = answer.json()
    assert "data" not in content
    assert len(content["errors"]) <= 5
    assert content["errors"][0]["extensions"]["code"] == hostile.code
    assert len(answer.content) < 4096
    assert await counted("sign_in_code", "payment_order") == before


def test_twenty_kinds_of_hostile_requests_are_known():
    assert len(HOSTILE) >= 20


async def test_a_slow_body_is_not_waited_for():
    async def never(scope, receive, send):
        pytest.fail("the request is not whole")

    async def receive():
        await asyncio.sleep(WITHIN_S)

    answer = []
    scope = {"type": "http", "headers": [], "path": "/graphql"}

    async def send(message):
        answer.append(message)

    async with asyncio.timeout(WITHIN_S):
        await Edge(never, read_timeout_s=0.05)(scope, receive, send)
    assert answer[0]["status"] == 408
    assert json.loads(answer[1]["body"])["errors"][0]["extensions"]["code"] == "BODY_TOO_SLOW"


def test_what_was_refused_is_not_kept():
    prepare = preparer(schema()._schema, introspection=True)
    tracemalloc.start()
    try:
        for k in range(3):
            for hostile in HOSTILE.values():
                prepare(f"#{k}\n{hostile.query}")
            if k == 0:
                gc.collect()
                first, _ = tracemalloc.get_traced_memory()
        gc.collect()
        last, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert last - first < 100_000


async def test_many_mistakes_are_told_five_at_most(app, town):
    answer = await town.customer.send("{" + " ".join(f"x{i}" for i in range(10)) + "}")
    assert 0 < len(answer["errors"]) <= 5


async def test_a_page_has_one_to_a_hundred_lines(app, town):
    for first in (0, -1, 101, 2**31 - 1):
        answer = await town.operator.send(
            f"{{ accounts(first: {first}) {{ edges {{ cursor }} }} }}"
        )
        assert answer["errors"][0]["extensions"]["code"] == "PAGE_SIZE_INVALID"


async def test_a_cursor_that_is_none_of_ours_is_refused(app, town):
    query = "query($a: String) { accounts(after: $a) { edges { cursor } } }"
    for after in ("", "x", "YXQ6eA", "YXQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "é", "=" * 50):
        answer = await town.operator.send(query, a=after)
        assert answer["errors"][0]["extensions"]["code"] == "CURSOR_INVALID"


FAR = ("0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31", "0", "")


async def test_days_and_moments_of_no_use_are_refused(app, town):
    about = "query($n: String!, $at: %s) { account(number: $n) { %s } }"
    usage = about % ("DateTime", "usage(step: DAY, since: $at) { since }")
    what_if = about % ("Date!", "whatIf(tariffCode: $n, firstDay: $at, until: $at) { energy }")
    for day in FAR:
        for query, given in (
            (usage, f"{day}T00:00:00+14:00"),
            (usage, f"{day}T23:59:59-12:00"),
            (what_if, day),
        ):
            answer = await town.operator.send(query, n=town.home.number, at=given)
            assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", given
    for given in ("2026-03-01T00:00:00", "2026-03-01"):  # without an offset
        answer = await town.operator.send(usage, n=town.home.number, at=given)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", given


BODIES = {
    "not JSON": (b"{", "application/json", 400),
    "a number": (b"1", "application/json", 400),
    "null": (b"null", "application/json", 400),
    "a batch": (b'[{"query": "{viewer{role}}"}]', "application/json", 400),
    "no query": (b"{}", "application/json", 400),
    "query a number": (b'{"query": 1}', "application/json", 400),
    "variables a list": (b'{"query": "{viewer{role}}", "variables": []}', "application/json", 400),
    "lone surrogate": (b'{"query": "\\ud800"}', "application/json", 400),
    "not UTF-8": (b'{"query": "\xff"}', "application/json", 400),
    "a form": (b"query={viewer{role}}", "application/x-www-form-urlencoded", 415),
    "plain text": (b'{"query": "{viewer{role}}"}', "text/plain", 415),
    "too large": (b" " * 65_537, "application/json", 413),
}


async def test_a_body_that_is_no_request_is_refused_in_json(app):
    statuses = {}
    for name, (content, kind, _) in BODIES.items():
        answer = await app.http.post("/graphql", content=content, headers={"content-type": kind})
        assert answer.json()["errors"][0]["extensions"]["code"]
        statuses[name] = answer.status_code
    assert statuses == {name: status for name, (_, _, status) in BODIES.items()}


async def test_control_characters_are_refused_before_anything_runs(app, town):
    before = await counted("sign_in_code")
    by_variable = await app.run("RequestCode", phone="138\x000")
    by_literal = await app.send(
        'mutation { requestSignInCode(input: {phone: "\\u0000"}) { expiresInSeconds } }'
    )

    assert by_variable["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert (
        "errors" in by_literal
        or by_literal["data"]["requestSignInCode"]["expiresInSeconds"] is None
    )
    assert await counted("sign_in_code") == before


@pytest.mark.parametrize("character", ["\\u0000", "\\u{0}", "\\b", "\0", "\b", "\x1f"])
async def test_a_number_with_a_control_character_is_no_fault(app, town, character):
    for quotes in ('"', '"""'):
        answer = await town.customer.send(
            f"{{ account(number: {quotes}{character}{quotes}) {{ id }} }}"
        )
        if quotes == '"' or "\\" not in character:  # a block string knows no such escapes
            assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        else:
            assert answer == {"data": {"account": None}}


SECRET = "fifteen-secrets"
SECRETS = {
    "a text for an object": (SECRET, "to be an object"),
    "a field too few": ({"phone": SECRET, "password": SECRET}, "required field 'factor'"),
    "a field too many": (
        {"phone": SECRET, "password": SECRET, "factor": SECRET, "facto": 1},
        "unknown field 'facto'",
    ),
    "a list for a text": (
        {"phone": "1", "password": [SECRET], "factor": "1"},
        "at .password: String cannot represent a non string value",
    ),
}


@pytest.mark.parametrize("name", SECRETS)
async def test_what_does_not_fit_is_told_without_its_value(app, name):
    given, wanted = SECRETS[name]
    query = "mutation($i: SignInStaffInput!) { signInStaff(input: $i) { userErrors { code } } }"
    error = (await app.send(query, i=given))["errors"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert wanted in error["message"]
    assert SECRET not in str(error)

    literal = re.sub(r'"(\w+)":', r"\1:", json.dumps(given))
    answer = await app.send(query.replace("($i: SignInStaffInput!)", "").replace("$i", literal))
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert SECRET not in str(answer)


async def test_a_day_that_is_none_is_not_repeated(town):
    query = (
        "query($n: String!, $d: Date!) { account(number: $n) {"
        " whatIf(tariffCode: $n, firstDay: $d, until: $d) { energy } } }"
    )
    error = (await town.operator.send(query, n=town.home.number, d=SECRET))["errors"][0]
    assert "such as" in error["message"]
    assert SECRET not in str(error)


async def test_a_fault_shows_an_id_and_nothing_else(app, town):
    await run("alter table account_position rename to elsewhere")
    answer = await town.customer.post({"query": "{ viewer { accounts { edges { cursor } } } }"})

    assert answer.status_code == 200
    (error,) = answer.json()["errors"]
    assert error["message"] == "系统出错，请稍后再试。"
    assert error["extensions"] == {
        "code": "INTERNAL",
        "requestId": answer.headers["x-request-id"],
    }
    assert "account_position" not in answer.text


async def test_a_fault_of_the_edge_shows_an_id_and_nothing_else(app, town):
    await run("alter table channel rename to elsewhere")
    answer = await app.http.post(
        "/channels/x/payments", content=b"{}", headers={"signature-input": 'a=();keyid="k"'}
    )
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "elsewhere" not in answer.text
    assert "Traceback" not in answer.text


async def test_a_mutation_by_get_is_refused(app):
    answer = await app.http.get(
        "/graphql", params={"query": "mutation { signOut(input: {}) { signedOut } }"}
    )
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_a_query_by_get_is_answered(app, town):
    answer = await app.http.get(
        "/graphql",
        params={"query": "{ viewer { role } }"},
        headers={"authorization": f"Bearer {town.customer.token}"},
    )
    assert answer.json() == {"data": {"viewer": {"role": "CUSTOMER"}}}


async def test_the_new_media_type_tells_by_status_that_nothing_ran(app, town):
    answer = await town.customer.post(
        {"query": "{ nothing }"}, accept="application/graphql-response+json"
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/graphql-response+json")


async def test_graphiql_needs_nothing_from_outside(app):
    page = (await app.http.get("/graphql", headers={"accept": "text/html"})).text
    assert "http" not in page.replace("<!doctype html>", "")
    for asset in ("graphiql.min.js", "graphiql.min.css", "react.production.min.js", "start.js"):
        assert f"/graphiql/{asset}" in page
        assert (await app.http.get(f"/graphiql/{asset}")).status_code == 200
    assert (await app.http.get("/graphiql/LICENSES.txt")).text.count("MIT") >= 3


async def test_health_is_there(app):
    for path in ("/livez", "/readyz", "/metrics"):
        assert (await app.http.get(path)).status_code == 200
