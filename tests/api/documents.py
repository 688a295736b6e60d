"""Documents drawn from the schema: fields, fragments, directives, aliases, any arguments."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)
from hypothesis import strategies as st

DEPTH, FIELDS = 7, 4


@dataclass
class Drawn:
    """A document in the making."""

    draw: st.DrawFn
    schema: GraphQLSchema
    values: dict[str, list[Any]]
    only: Mapping[str, Collection[str]] = field(default_factory=dict)
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    aliases: int = 0

    def maybe(self, one_in: int = 4) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def selection(self, kind: GraphQLNamedType, depth: int) -> str:
        """Return a selection on the type, never an empty one."""
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        names = [
            name
            for name, each in kind.fields.items()
            if name in self.only.get(kind.name, kind.fields)
            if depth > 1 or is_leaf_type(get_named_type(each.type))
        ]
        chosen = self.draw(st.lists(st.sampled_from(names), max_size=FIELDS)) if names else []
        parts = [self.field(kind, name, depth) for name in chosen]
        if isinstance(kind, GraphQLInterfaceType) and depth > 1:
            parts += [
                f"... on {each.name} {{ {self.selection(each, depth - 1)} }}"
                for each in self.draw(st.lists(self.possible(kind), max_size=2))
            ]
        if depth > 1 and self.maybe():
            parts.append(self.fragment(kind, depth - 1))
        if not parts or self.maybe():
            parts.append("__typename" if self.maybe(2) else f"{self.alias()}: __typename")
        return " ".join(parts)

    def possible(self, kind: GraphQLInterfaceType) -> st.SearchStrategy[Any]:
        return st.sampled_from(list(self.schema.get_possible_types(kind)))

    def alias(self) -> str:
        self.aliases += 1
        return f"a{self.aliases}"

    def field(self, kind: Any, name: str, depth: int) -> str:
        """Return a field; what takes arguments or has a selection gets a name of its own."""
        definition = kind.fields[name]
        inner = get_named_type(definition.type)
        given = [self.argument(each, of, inner) for each, of in definition.args.items()]
        arguments = ", ".join(each for each in given if each)
        text = f"{name}({arguments})" if arguments else name
        if arguments or is_composite_type(inner) or self.maybe():
            text = f"{self.alias()}: {text}"
        text += self.directive()
        if is_composite_type(inner):
            text += f" {{ {self.selection(inner, depth - 1)} }}"
        return text

    def fragment(self, kind: GraphQLNamedType, depth: int) -> str:
        body = self.selection(kind, depth)
        if self.maybe(2):
            return f"...{self.directive()} {{ {body} }}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {kind.name} {{ {body} }}")
        return f"...{name}{self.directive()}"

    def directive(self) -> str:
        if not self.maybe(6):
            return ""
        flag = self.draw(st.booleans())
        given = self.optional("Boolean", flag) if self.maybe(2) else str(flag).lower()
        return f" @{self.draw(st.sampled_from(['include', 'skip']))}(if: {given})"

    def optional(self, kind: str, value: Any, literal: str | None = None) -> str:
        """Return a variable that is given, or has the value by default, or is null in spite of it.

        Where no null may be, that is an error of the field or of all.
        """
        how = self.draw(st.sampled_from(["given", "given", "by default", "by default", "null"]))
        if how == "given" or (how == "null" and self.maybe(2)):  # one may end the whole query
            return self.variable(f"{kind}!", value)
        name = self.variable(f"{kind} = {literal or json.dumps(value)}", None)
        if how == "by default":
            self.left_out.add(name[1:])
        return name

    def variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = kind, value
        return f"${name}"

    def argument(self, name: str, given: GraphQLArgument, of: GraphQLNamedType) -> str | None:
        """Return an argument by a literal or a variable; optional ones are left out at times."""
        kind = get_named_type(given.type)
        needed = isinstance(given.type, GraphQLNonNull)
        if not needed and given.default_value is None and self.maybe(2):
            return None
        keys = (f"{name}: {kind.name} of {of.name}", f"{name}: {kind.name}", kind.name)
        known = next((self.values[key] for key in keys if key in self.values), None)
        if isinstance(kind, GraphQLEnumType):
            known = list(kind.values)
        if known is None:
            assert not needed, f"the test knows no {name}: {given.type}"
            return None
        value = self.draw(st.sampled_from(known))
        if self.maybe(2):
            literal = value if isinstance(kind, GraphQLEnumType) else None
            return f"{name}: {self.optional(kind.name, value, literal)}"
        if not needed and self.maybe(6):
            return f"{name}: null"
        if isinstance(kind, GraphQLEnumType):
            return f"{name}: {value}"
        return f"{name}: {json.dumps(value)}"


@st.composite
def documents(
    draw: st.DrawFn,
    schema: GraphQLSchema,
    values: dict[str, list[Any]],
    depth: int = DEPTH,
    only: Mapping[str, Collection[str]] | None = None,
) -> Any:
    """Draw a query and its variables; `values` are tried by "name: Type" or by type.

    Or, before that, by "name: Type of " the type of the field that takes the argument.

    Of the types in `only` no other fields are drawn.
    """
    drawn = Drawn(draw, schema, values, only or {})
    assert schema.query_type
    body = drawn.selection(schema.query_type, depth)
    declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in drawn.variables.items())
    head = f"query Q({declared})" if declared else "query Q"
    text = " ".join([f"{head} {{ {body} }}", *drawn.fragments])
    given = drawn.variables.keys() - drawn.left_out
    return text, {name: drawn.variables[name][1] for name in sorted(given)}
