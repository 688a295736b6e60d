"""Plans: whatever is asked, they answer what the stock executor answers."""

import asyncio
from typing import Any

import orjson
import pytest
from graphql import execute, parse, validate
from graphql.execution.values import get_variable_values
from hypothesis import HealthCheck, Phase, assume, given, settings

from api import create_app
from api.graphql import schema
from api.graphql.execution import Plans, planned, run
from api.graphql.field import Context
from api.graphql.limit import Budget
from api.graphql.node import global_id
from api.trust import Credentials
from tests.api.documents import documents
from tests.api.same_answer import is_as_good, told, without_propagation
from tests.api.walk_world import build

SCHEMA = schema()
PAGES = {name for name in SCHEMA._schema.type_map if name.endswith(("Connection", "Edge"))}
WRITTEN = {
    **dict.fromkeys(PAGES, ("edges", "pageInfo", "cursor", "node")),
    "Query": ("viewer", "account", "accounts"),
    "Viewer": ("name", "accounts"),
    "Account": (
        *("id", "number", "name", "address", "district", "zone", "openedAt", "closedAt", "supply"),
        *("balance", "unreadMessages", "bills", "messages", "payments", "repairRequests"),
    ),
    "Balance": ("available", "unbilled", "unbilledEnergy", "asOf", "estimated", "daysLeft"),
    "Bill": ("id", "number", "state", "firstDay", "total", "energy", "why", "issuedAt", "lines"),
    "BillLine": (
        *("line", "title", "rule", "period", "tier", "quantity", "unit", "unitPrice", "amount"),
        *("share", "part", "firstDay", "until", "tariff", "tariffVersion"),
    ),
}
"""Fields that PostgreSQL can write: of pages all but their count, of these types these fields."""
CURSORS = {
    f"after: String of {name}": [global_id(f"at-{name.removesuffix('Connection')}", 10**9)]
    for name in PAGES
}
GOOD = {**CURSORS, "Int": [1, 2, 3, 100]}
"""Arguments that are none of them an error: where one is, nothing is written."""


def values_of(world: Any) -> dict[str, list[Any]]:
    """Return what arguments may be: what is there, what is not, and what is none."""
    ids = [each for spot in world.spots for listed in spot.ids.values() for each in listed[:2]]
    return {
        "number: String": [world.spots[0].number, world.spots[1].number, "none"],
        "after: String": ["bad cursor", ids[0]],
        **{name: ["bad cursor", *good] for name, good in CURSORS.items()},
        "tariffCode: String": ["zhejiang-residential-tou", "none"],
        "String": ["D1", "none", ""],
        "ID": [*ids, "bad", "QmlsbDow"],
        "Int": [1, 2, 3, 100, 0, 101],
        "Boolean": [True, False],
        "DateTime": ["2026-02-01T00:00:00+08:00", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00"],
        "Date": ["2026-02-01", "2026-03-01", "2026-03-20"],
    }


def context_of(services: Any, token: str | None) -> Context:
    context = Context(services=services, request_id="1", address="", accept_language="")
    credentials = Credentials(f"Bearer {token}" if token else None)
    context.principal = services.trust.principal(credentials)
    context.spent = Budget(1_000_000).spend("x", 1, at=services.wall())
    return context


async def by_stock(text: str, variables: Any, context: Context) -> Any:
    async with context.reading():
        found = execute(
            SCHEMA._schema,
            parse(text),
            context_value=context,
            variable_values=variables,
            executor_class=SCHEMA.execution_context_class,
            operation_extensions=None,
        )
        answer = await found if asyncio.iscoroutine(found) else found
    return told(answer.data, answer.errors)


async def by_plan(text: str, variables: Any, context: Context) -> Any:
    found = planned(Plans(SCHEMA, after=0), text, parse(text), None, variables)
    if found is None:
        assert None in variables.values(), "there is no plan for this"  # a condition may be null
        return await by_stock(text, variables, context), False
    async with context.reading():
        answer = await run(found[0], context, found[1])
    return told(answer.data, answer.errors), _is_written(answer.data)


def _is_written(data: Any) -> bool:
    """Tell whether PostgreSQL wrote a part of it."""
    if isinstance(data, dict | list):
        return any(map(_is_written, data.values() if isinstance(data, dict) else data))
    return isinstance(data, orjson.Fragment)


@pytest.fixture
async def world(app, clock):
    return await build(app, clock.now())


@pytest.mark.parametrize(
    ("values", "drawn", "examples", "written"),
    [({}, {}, 120, 0), (GOOD, {"depth": 10, "only": WRITTEN}, 20, 8)],
    ids=["the whole schema", "what PostgreSQL writes"],
)
async def test_a_plan_answers_what_the_stock_executor_answers(
    world, values, drawn, examples, written
):
    api, loop = create_app(own_database=False), asyncio.get_running_loop()
    kinds, values = SCHEMA._schema, values_of(world) | values
    seen = {"errors": 0, "data": 0, "written": 0}
    async with api.router.lifespan_context(api):
        callers = {each.kind: each for each in world.callers}  # one of each kind, and nobody
        contexts = [context_of(api.state.services, c.app.token) for c in callers.values()]

        async def compare(text: str, variables: Any) -> None:
            for context in contexts:
                stock = await by_stock(text, variables, context)
                plan, is_written = await by_plan(text, variables, context)
                if plan != stock:
                    open_text = without_propagation(text)
                    _, every = await by_stock(open_text, variables, context)
                    assert is_as_good(plan, stock, every)
                seen["errors"] += bool(stock[1])
                seen["data"] += stock[0] is not None
                seen["written"] += is_written

        @settings(
            max_examples=examples,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(documents(kinds, values, **drawn))
        def holds(found: Any) -> None:
            text, variables = found
            assume(not validate(kinds, parse(text)))  # names may clash
            if isinstance(get_variable_values(kinds, _variables(text), variables), list):
                return
            asyncio.run_coroutine_threadsafe(compare(text, variables), loop).result()

        await asyncio.to_thread(holds)
    assert seen["errors"] > 5
    assert seen["data"] > 5
    assert seen["written"] >= written


def _variables(text: str) -> Any:
    return parse(text).definitions[0].variable_definitions or ()


async def test_a_condition_that_is_null_is_the_callers_mistake_however_often_it_comes(town):
    query = "query ($if: Boolean = true) { viewer @include(if: $if) { name } }"
    for _ in range(3):
        answer = await town.customer.post({"query": query, "variables": {"if": None}})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (200, "BAD_USER_INPUT")


async def test_a_null_where_none_may_be_is_the_callers_mistake_however_often_it_comes(town):
    query = "query ($n: Int = 3) { viewer { accounts(first: $n) { totalCount } } }"
    for _ in range(3):
        answer = await town.customer.post({"query": query, "variables": {"n": None}})
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["path"] == ["viewer", "accounts"]


async def test_who_may_not_ask_and_asks_wrongly_is_answered_the_same_however_often(app):
    query = 'query ($n: String = "x") { account(number: $n) { number } }'
    body = {"query": query, "variables": {"n": None}}
    told = [(await app.post(body)).json()["errors"][0]["message"] for _ in range(3)]
    assert len(set(told)) == 1
