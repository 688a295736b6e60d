"""totalCount: the length of the whole list, as its pages have it, and no query where unasked."""

import asyncio
from collections import Counter

from graphql import GraphQLObjectType, build_schema, get_named_type

from api import schema_text
from tests.api.test_round_trips import statements
from tests.api.walk_world import build

SCHEMA = build_schema(schema_text())
WHERE = {
    "Query": "{ %s }",
    "Viewer": "{ viewer { %s } }",
    "Account": '{ account(number: "%s") { %%s } }',
    "ChargeControl": '{ account(number: "%s") { chargeControl { %%s } } }',
}
NARROWED = {
    "Query.accounts": ("(supplyState: ON)", "(supplyState: OFF)"),
    "Query.readingExceptions": ("(openOnly: true)", "(openOnly: false)"),
    "Query.tariffDrafts": ("(openOnly: true)", "(openOnly: false)"),
    "Query.tariffVersions": ('(code: "nothing")', '(code: "walk")'),
    "Query.tasks": ("(state: DONE)", "(state: ASSIGNED)", "(state: OPEN)"),
}
"""Every argument that narrows a list."""


def connections():
    """Return all fields that are pages, as `Type.field`."""
    return {
        f"{name}.{each}": set(definition.args) - {"first", "after"}
        for name, kind in SCHEMA.type_map.items()
        if isinstance(kind, GraphQLObjectType)
        for each, definition in kind.fields.items()
        if get_named_type(definition.type).name.endswith("Connection")
    }


def asked(name, narrowed, number, *, after=None):
    """Return a document that asks for the list whole, and for one line of it."""
    kind, field = name.split(".")
    where = WHERE[kind]
    if "%%s" in where:
        where %= number
    given = narrowed.strip("()")
    behind = f'after: "{after}"' if after else ""
    return where % (
        f"whole: {field}(first: 100 {given}) {{ totalCount edges {{ cursor }} }}"
        f" short: {field}(first: 1 {behind} {given}) {{ totalCount pageInfo {{ endCursor }} }}"
    )


def inside(data):
    while "whole" not in data:
        (data,) = data.values()
        if data is None:
            return None
    return data


async def counted(caller, name, narrowed):
    """Return how long the list is for this caller, as all its pages say; None: not for them."""
    length, after = None, None
    for _ in range(2):
        text = asked(name, narrowed, caller.own.number, after=after)
        answer = await caller.app.send(text)
        found = inside(answer["data"]) if answer.get("data") else None
        if found is None or found["whole"] is None:
            return None
        length = len(found["whole"]["edges"])
        assert found["whole"]["totalCount"] == length, (caller.name, name, narrowed)
        assert found["short"]["totalCount"] == length, (caller.name, name, narrowed)
        after = found["short"]["pageInfo"]["endCursor"]
    return length


async def test_every_connection_counts_what_its_pages_have(app, clock):
    world = await build(app, clock.now())
    most = Counter()
    for caller in [*world.callers, *world.watchers]:
        for name in connections():
            for narrowed in ("", *NARROWED.get(name, ())):
                most[name] = max(most[name], await counted(caller, name, narrowed) or 0)
    assert {name for name in connections() if not most[name]} == set()


def test_every_argument_that_narrows_a_list_is_tried():
    assert {name for name, narrowing in connections().items() if narrowing} == NARROWED.keys()


async def test_nothing_is_counted_where_nobody_asks_and_all_at_once_where_somebody_does(town):
    sent = []
    for wanted in ("", "totalCount"):
        page = f"{{ {wanted} edges {{ cursor }} }}"
        text = f"{{ tasks {page} tariffDrafts {page} districts {page} }}"
        for _ in range(3):
            await town.operator.send(text)
        async with statements() as noted:
            assert "errors" not in await town.operator.send(text)
            await asyncio.sleep(0)
        sent.append(noted)
    without, with_counts = sent
    assert len(with_counts) == len(without) + 1
