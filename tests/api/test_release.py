"""What apps rely on: no change that breaks them, and a reference that is true."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    find_breaking_changes,
)

from api import reference_text, schema_text
from api.graphql.error import WORDS
from api.graphql.root._codes import CODES

RELEASED = build_schema(Path("api/released.graphql").read_text("utf-8"))
BUILT = build_schema(schema_text())
GONE = "Field Query.b was removed."
DATED = re.compile(r"\b(20\d\d-\d\d-\d\d)\b")


def deprecated(schema):
    """Return the reason of each deprecated field and enum value."""
    found = {}
    for name, kind in schema.type_map.items():
        members = {}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            members = kind.fields
        elif hasattr(kind, "values"):
            members = kind.values
        found |= {
            f"{name}.{key}": each.deprecation_reason
            for key, each in members.items()
            if each.deprecation_reason
        }
    return found


def breaking(old, new, *, today):
    """Return the changes that break a client, but for what was announced and is due."""
    over = {
        name
        for name, reason in deprecated(old).items()
        if (told := DATED.search(reason)) and date.fromisoformat(told[1]) <= today
    }
    return [
        change.description
        for change in find_breaking_changes(old, new)
        if not any(name in change.description for name in over)
    ]


def test_nothing_that_was_released_breaks():
    assert breaking(RELEASED, BUILT, today=datetime.now(UTC).date()) == []


def test_a_field_may_go_only_after_its_announced_day():
    old = build_schema(
        'type Query { a: Int b: Int @deprecated(reason: "Use a. Gone on 2026-06-01.") }'
    )
    new = build_schema("type Query { a: Int }")
    assert breaking(old, new, today=date(2026, 5, 31)) == [GONE]
    assert breaking(old, new, today=date(2026, 6, 1)) == []
    assert breaking(new, build_schema("type Query { b: Int }"), today=date(2027, 1, 1))


def test_every_deprecation_names_its_day():
    assert [name for name, reason in deprecated(BUILT).items() if not DATED.search(reason)] == []


def test_the_reference_is_what_the_code_says():
    assert Path("docs/api.md").read_text("utf-8") == reference_text(), "make schema"


def test_the_codes_of_the_reference_exist():
    assert CODES.keys() <= BUILT.mutation_type.fields.keys()
    assert {code for codes in CODES.values() for code in codes} <= WORDS.keys()


def test_the_reference_names_the_codes_of_each_field():
    lines = reference_text().splitlines()
    (accounts,) = (
        line for line in lines if line.startswith("| `accounts(") and "operators" in line
    )
    assert "`UNAUTHENTICATED`, `FORBIDDEN`, `PAGE_SIZE_INVALID`, `CURSOR_INVALID` |" in accounts
    (protect,) = (line for line in lines if line.startswith("| `protectAccount("))
    assert "`STEP_UP_REQUIRED`, `ACCOUNT_UNKNOWN`" in protect
