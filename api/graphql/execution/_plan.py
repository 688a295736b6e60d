"""Plans: an operation, compiled into Python functions.

A selection on an object type becomes one function that makes the object's dictionary from the value
behind it: runs of plain fields are one literal. Resolved fields are left out of it (None stands in
their place) and noted, so that those of all objects are resolved at once, level by level.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    get_argument_values,
    visit,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from api.graphql.field import Way

from ._telling import Telling

Make = Callable[[Any, list[list[tuple[Any, dict[str, Any]]]]], dict[str, Any]]
Trail = tuple[tuple[str, GraphQLOutputType], ...]
"""The fields that lead to an object, each with its type."""

NO_VARIABLES = VariableValues({}, {})


class NotPlain(Exception):
    """The operation holds what is left to the stock executor."""


@dataclass(slots=True, eq=False)
class Resolved:
    """A resolved field of a selection."""

    name: str
    definition: GraphQLField
    nodes: list[FieldNode]
    trail: Trail
    way: Way
    is_async: bool
    needed: frozenset[str] | None
    arguments: Callable[[VariableValues], dict[str, Any]]
    complete: Callable[[Any, Any], Any]
    telling: Telling | None = None


@dataclass(slots=True, eq=False)
class Selected:
    """A selection on one object type, with those of its fields that are resolved."""

    number: int
    kind: GraphQLObjectType
    fields: list[Resolved] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation, ready to be run with any variables that choose the same fields."""

    make: Make
    selections: Sequence[Selected]


@dataclass(frozen=True, slots=True)
class Source:
    """What is compiled: an operation of a document, and the variables that choose its fields."""

    schema: Schema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDetails]
    variables: VariableValues

    @property
    def kinds(self) -> GraphQLSchema:
        """Return the schema as graphql-core knows it."""
        return self.schema._schema  # ruff: ignore[private-member-access]

    def roots(self) -> tuple[GraphQLObjectType, dict[str, list[FieldDetails]]]:
        """Return the root type and the fields that are asked of it."""
        kind = self.kinds.get_root_type(self.operation.operation)
        assert kind is not None
        fragments = dict(self.fragments)
        found = collect_fields(self.kinds, fragments, self.variables, kind, self.operation)
        return kind, found.grouped_field_set

    def below(
        self, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> dict[str, list[FieldDetails]]:
        """Return the fields that are asked of the objects of this type below a field."""
        fragments = dict(self.fragments)
        return collect_subfields(
            self.kinds, fragments, self.variables, self.operation, kind, details
        ).grouped_field_set

    def arguments(
        self, definition: GraphQLField, of: StrawberryField, node: FieldNode
    ) -> Callable[[VariableValues], dict[str, Any]]:
        """Return what gives the field's arguments; what no variable changes is worked out once."""
        if not definition.args:
            return lambda _: {}

        def given(variables: VariableValues) -> dict[str, Any]:
            return convert_arguments(
                get_argument_values(definition, node, variables),
                of.arguments,
                scalar_registry=self.schema.schema_converter.scalar_registry,
                config=self.schema.config,
            )

        if _names_variable(node):
            return given
        try:
            fixed = given(NO_VARIABLES)
        except GraphQLError:
            return given  # it shall fail where the field stands
        return lambda _: fixed


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, *_: object) -> None:
        self.found = True


def _names_variable(node: FieldNode) -> bool:
    seen = _Variables()
    for argument in node.arguments or ():
        visit(argument, seen)
    return seen.found


def choosing(source: Sequence[Any]) -> frozenset[str]:
    """Return the variables by which @include and @skip choose, anywhere in these definitions."""
    seen = _Chosen()
    for each in source:
        visit(each, seen)
    return frozenset(seen.names)


class _Chosen(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Any, *_: object) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)
