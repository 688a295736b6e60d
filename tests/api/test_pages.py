"""Pages: whatever can grow has them, and a cursor is good in lists of its own kind only."""

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from api import schema_text
from api.graphql.node import global_id
from domain.base import run
from tests import seed
from tests.api.conftest import nodes
from tests.seed import HOUR

SCHEMA = build_schema(schema_text())
BOUNDED = {
    "Account.loadCurve": "1000 steps",
    "Account.usage": "800 steps",
    "Account.watchers": "20, by the act that adds one",
    "AccountTariff.days": "the kinds of days of one document",
    "AccountTariff.prices": "the prices of one document",
    "AccountTariff.tiers": "the tiers of one document",
    "Bill.lines": "the lines of one bill",
    "Bill.parts": "the parts of one period",
    "Bill.reasons": "the rules that hold bills",
    "BillPart.periods": "five periods",
    "BillPart.registers": "the meters of one account",
    "BillPart.tierLimits": "the tiers of one document",
    "BillRun.reasons": "the rules that hold bills",
    "ChargeControl.guards": "the guards",
    "ChargeControl.whyNot": "the guards",
    "ChargesToDate.lines": "the lines of one period",
    "ConfirmSetUpPayload.recoveryCodes": "eight",
    "CorrectBillsPayload.replacements": "the bills of one act",
    "CorrectBillsPayload.reversed": "the bills of one act",
    "DayHours.hours": "24",
    "Decision.guards": "the guards",
    "Guard.evidence": "the facts of one guard",
    "Query.controlSwitches": "two switches",
    "Query.districtStatistics": "the oldest 100; deprecated",
    "Query.meterRounds": "one per time zone",
    "Query.paymentChannels": "one per contract of the house",
    "ReadingException.content": "the facts of one report",
    "ReadingFinding.detail": "the facts of one finding",
    "Task.detail": "the facts of one task",
    "TariffDraft.difference": "the lines of two documents",
    "TaskChange.tasks": "100",
    "Usage.exportedPeriods": "five periods",
    "Usage.periods": "five periods",
    "Viewer.pushDevices": "ten, by the act that registers one",
    "WhatIf.lines": "the lines of one bill",
}
"""Lists without pages, and what keeps them short."""
UNPAGED = {"edges", "userErrors", "field"}


def lists():
    """Return the fields that are plain lists, but for those of connections and errors."""
    return {
        f"{name}.{each}"
        for name, kind in SCHEMA.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and name[:2] != "__"
        for each, definition in kind.fields.items()
        if is_list_type(get_nullable_type(definition.type)) and each not in UNPAGED
    }


def connections():
    """Return the fields that are pages, each with the type of its lines."""
    return {
        f"{name}.{each}": get_named_type(definition.type).name.removesuffix("Connection")
        for name, kind in SCHEMA.type_map.items()
        if isinstance(kind, GraphQLObjectType)
        for each, definition in kind.fields.items()
        if get_named_type(definition.type).name.endswith("Connection")
    }


def test_every_list_without_pages_is_bounded():
    assert lists() == BOUNDED.keys()


def test_every_page_takes_a_size_and_a_cursor():
    for name in connections():
        kind, field = name.split(".")
        given = SCHEMA.type_map[kind].fields[field].args
        assert given.keys() >= {"first", "after"}, name
        assert str(given["first"].ast_node.default_value.value) == "20", name


ASKED = {
    "Query": "{ %s }",
    "Viewer": "{ viewer { %s } }",
    "Account": '{ account(number: "%s") { %%s } }',
    "ChargeControl": '{ account(number: "%s") { chargeControl { %%s } } }',
}


def codes(answer):
    return [each["extensions"]["code"] for each in answer.get("errors") or ()]


async def asks(town, name, after):
    """Ask for a page of this field behind a cursor; return what was answered."""
    kind, field = name.split(".")
    where = ASKED[kind]
    if kind in {"Account", "ChargeControl"}:
        where %= town.home.number
    text = where % f'{field}(first: 2, after: "{after}") {{ edges {{ cursor }} }}'
    return await town.chief.send(text)


async def test_a_cursor_is_good_in_lists_of_its_own_kind_only(town):
    for name, kind in connections().items():
        own, top = global_id(f"at-{kind}", 10**9), global_id(f"at-{kind}", 2**63 - 2)
        for good in (own, top):
            assert codes(await asks(town, name, good)) == [], name
        for bad in (
            global_id("at-Other", 1),
            global_id(kind, 1),
            global_id(f"at-{kind}", 2**63 - 1),
            global_id(f"at-{kind}", 2**70),
            global_id(f"at-{kind}", -1),
            "*",
            "a",
        ):
            assert codes(await asks(town, name, bad)) == ["CURSOR_INVALID"], (name, bad)


@pytest.mark.parametrize("by", ["readingFindings", "serviceFacts", "entitlements"])
async def test_pages_of_an_account_follow_each_other(town, by):
    account_id, meter_id = town.home.account_id, town.home.meter_id
    await run(
        """insert into reading_finding
             (meter_id, account_id, rule, since, until, detail, found_at)
           select $1, $2, 'GAP', at, at, '{"n": 1}', at
           from generate_series('2026-01-01'::timestamptz, '2026-01-05', '1 day') at""",
        meter_id,
        account_id,
    )
    await run(
        """insert into service_fact (account_id, since, capacity_va)
           select $1, date '2026-01-01' + n, n from generate_series(0, 4) n""",
        account_id,
    )
    await run(
        """insert into entitlement (account_id, name, since)
           select $1, 'household', date '2026-01-01' + n from generate_series(0, 4) n""",
        account_id,
    )
    query = f"""query($number: String!, $after: String) {{ account(number: $number) {{
      {by}(first: 2, after: $after) {{
        totalCount edges {{ cursor node {{ since }} }} pageInfo {{ hasNextPage endCursor }}
      }} }} }}"""
    seen, after = [], None
    for more in (True, True, False):
        answer = await town.operator.send(query, number=town.home.number, after=after)
        found = answer["data"]["account"][by]
        assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (5, more)
        after = found["pageInfo"]["endCursor"]
        assert after == found["edges"][-1]["cursor"]
        seen += [each["since"][:10] for each in nodes(found)]
    assert seen == [f"2026-01-0{day}" for day in (5, 4, 3, 2, 1)]


async def test_pages_of_sessions_and_tablets_follow_each_other(town, clock):
    for n in range(2):
        await town.operator.run("Tablets")
        await run(
            """insert into device (person_id, thumbprint, name, enrolled, created_at)
               select id, 't' || $1::text, 'tablet ' || $1::text, true, now()
               from person where role = 'INSPECTOR' limit 1""",
            str(n),
        )
    query = "query($after: String) { tablets(first: 1, after: $after) {"
    query += " edges { node { name } } pageInfo { hasNextPage endCursor } } }"
    first = (await town.operator.send(query))["data"]["tablets"]
    rest = (await town.operator.send(query, after=first["pageInfo"]["endCursor"]))["data"]
    assert [each["name"] for each in nodes(first) + nodes(rest["tablets"])] == [
        "tablet 1",
        "tablet 0",
    ]
    assert (first["pageInfo"]["hasNextPage"], rest["tablets"]["pageInfo"]["hasNextPage"]) == (
        True,
        False,
    )


async def test_pages_of_districts_follow_each_other(town, clock):
    await seed.district("D3", now=clock.now() + HOUR)
    query = "query($after: String) { districts(first: 2, after: $after) {"
    query += " edges { node { code } } pageInfo { hasNextPage endCursor } } }"
    first = (await town.chief.send(query))["data"]["districts"]
    rest = (await town.chief.send(query, after=first["pageInfo"]["endCursor"]))["data"]["districts"]
    assert [each["code"] for each in nodes(first) + nodes(rest)] == ["D1", "D2", "D3"]
    assert nodes((await town.operator.send(query))["data"]["districts"]) == [{"code": "D1"}]
