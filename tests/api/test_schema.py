"""The schema file, its descriptions, its rules, and the documents that the apps send."""

from pathlib import Path

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    parse,
    validate,
)

from api import schema_text
from api.graphql import schema
from api.graphql.document import COST_MAX, Scales, excess, paged_fields
from api.graphql.field import NoRule, rules_of
from domain.base import Refusal
from tests.api.conftest import DOCUMENTS, EXAMPLES

BUILT = build_schema(schema_text())


def test_schema_graphql_is_what_the_code_says():
    assert Path("schema.graphql").read_text("utf-8") == schema_text()


def test_everything_is_described():
    missing = []
    for name, kind in BUILT.type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            missing.append(name)
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{name}.{v}" for v, x in kind.values.items() if not x.description]
        if isinstance(kind, GraphQLInputObjectType):
            missing += [f"{name}.{f}" for f, x in kind.fields.items() if not x.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                where = f"{name}.{field_name}"
                missing += [] if field.description else [where]
                missing += [f"{where}({a})" for a, x in field.args.items() if not x.description]
    assert not missing


def test_every_root_field_says_who_may_use_it():
    rules = rules_of(schema())
    for root in (BUILT.query_type, BUILT.mutation_type, BUILT.subscription_type):
        assert {f"{root.name}.{name}" for name in root.fields} <= rules.keys()


def test_a_root_field_without_a_rule_is_not_built():
    @strawberry.type
    class Query:
        @strawberry.field
        def open_to_all(self) -> int:
            return 1

    with pytest.raises(NoRule, match="open_to_all"):
        rules_of(strawberry.Schema(Query))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.graphql")), ids=lambda p: p.stem)
def test_the_documents_of_the_apps_are_valid_and_within_the_limits(path):
    document = parse(path.read_text("utf-8"))
    assert not validate(BUILT, document)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_operation_of_the_apps_is_cheap_enough(name):
    document = parse(DOCUMENTS[name])
    assert not excess(Scales(document, paged_fields(BUILT))), COST_MAX


def test_mutations_take_one_input_and_answer_a_payload():
    for name, field in BUILT.mutation_type.fields.items():
        title = name[0].upper() + name[1:]
        assert [str(a.type) for a in field.args.values()] == [f"{title}Input!"]
        assert str(field.type) == f"{title}Payload!"


def test_every_refusal_that_the_api_can_meet_has_words():
    from api.graphql.error import WORDS

    def kinds(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(k for sub in kind.__subclasses__() for k in kinds(sub))]

    # Opening accounts, mounting meters and publishing strategies are acts of the command line only.
    rooms = ("payment", "field_service", "identity", "worklist", "billing", "tariff")
    met = {k.code for k in kinds(Refusal) if k.__module__.split(".")[1] in rooms}
    assert met
    settling = {"UNKNOWN_EXCEPTION", "EXCEPTION_RESOLVED", "REPLACEMENT_REFUSED", "CANNOT_ACCEPT"}
    registers = {"INSTANT_IMPOSSIBLE", "READING_RUNS_BACKWARDS", "REGISTERS_REFUSED"}
    assert met | settling | registers | {"ACCOUNT_UNKNOWN", "SWITCH_UNKNOWN"} <= WORDS.keys()
    assert all(words.zh and words.en for words in WORDS.values())


def test_in_production_the_schema_does_not_describe_itself():
    from api.graphql.document import preparer

    closed = preparer(schema(introspection=False)._schema, introspection=False)
    _, errors, _ = closed("{ __schema { types { name } } }")
    assert errors
    _, errors, _ = closed("{ viewer { rol } }")
    assert "Did you mean" not in errors[0].message
