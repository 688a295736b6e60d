"""Writing: the functions of a plan as Python text."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from types import SimpleNamespace
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from api.graphql.field import Constant, Told, way_of

from ._leaf import Surprise, leaf_of
from ._needed import needed_below
from ._plan import NotPlain, Plan, Resolved, Selected, Source, Trail
from ._tell import telling

Details = list[FieldDetails]


def compiled(source: Source) -> Plan:
    """Compile an operation; raise NotPlain where it is left to the stock executor."""
    writer = _Writer(source)
    kind, fields = source.roots()
    name = writer.selection(kind, fields, ())
    names = writer.finished()
    for resolved, complete in writer.completing:
        resolved.complete = names[complete]
    return Plan(names[name], tuple(writer.selections))


def _nothing(*_: object) -> Any:
    raise Surprise


class _Writer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.names: dict[str, Any] = {"nothing": _nothing, "lists": frozenset({list, tuple})}
        self.lines: list[str] = []
        self.selections: list[Selected] = []
        self.completing: list[tuple[Resolved, str]] = []
        self.count = 0

    def finished(self) -> dict[str, Any]:
        exec("\n".join(self.lines), self.names)  # ruff: ignore[exec-builtin] -- our own text: names are numbered, constants are `repr`s
        return self.names

    def fresh(self, letter: str, value: object = None) -> str:
        self.count += 1
        name = f"{letter}{self.count}"
        if value is not None:
            self.names[name] = value
        return name

    def selection(self, kind: GraphQLObjectType, fields: dict[str, Details], trail: Trail) -> str:
        """Write the function that makes the object's dictionary; return its name."""
        selected = Selected(len(self.selections), kind)
        self.selections.append(selected)
        parts = [
            f"{name!r}: {self.field(selected, name, details, trail)}"
            for name, details in fields.items()
        ]
        name = self.fresh("s")
        self.lines += [f"def {name}(o, x):", *self.belongs(kind)]
        if not selected.fields:
            self.lines.append(f"    return {{{', '.join(parts)}}}")
            return name
        self.lines += [
            f"    d = {{{', '.join(parts)}}}",
            f"    x[{selected.number}].append((o, d))",
            "    return d",
        ]
        return name

    def belongs(self, kind: GraphQLObjectType) -> list[str]:
        """Write the test that a type demands of what stands behind its objects, once per class."""
        if kind.is_type_of is None:
            return []
        is_type_of, fitting = kind.is_type_of, set[type]()
        asked = SimpleNamespace(schema=self.source.kinds)

        def fit(value: Any) -> None:
            if not is_type_of(value, asked):  # type: ignore[arg-type]
                raise Surprise
            fitting.add(value.__class__)

        known, test = self.fresh("k", fitting), self.fresh("t", fit)
        return [f"    if o.__class__ not in {known}: {test}(o)"]

    def field(
        self, selected: Selected, name: str, details: Details, trail: Trail, at: str = "o"
    ) -> str:
        """Write the expression of a field's value; `at` is where the object's value stands."""
        asked = details[0].node.name.value
        if asked == "__typename":
            return repr(selected.kind.name)
        if asked.startswith("__"):
            raise NotPlain
        definition = selected.kind.fields[asked]
        of: StrawberryField = definition.extensions["strawberry-definition"]
        trail = (*trail, (name, definition.type))
        if of.base_resolver is None:
            return self.value(definition.type, self.attribute(of, at), details, trail)
        way = way_of(of)
        if way is None:
            raise NotPlain
        resolved = Resolved(
            name,
            definition,
            [each.node for each in details],
            trail,
            way,
            iscoroutinefunction(way.resolver),
            None
            if is_leaf_type(get_named_type(definition.type))
            else needed_below(self.source, definition.type, details),
            self.source.arguments(definition, of, details[0].node),
            _nothing,
        )
        selected.fields.append(resolved)
        resolved.telling = telling(self.source, resolved, details)
        complete = self.fresh("r")
        value = self.value(definition.type, "v", details, trail)
        self.lines.append(f"def {complete}(v, x): return {value}")
        self.completing.append((resolved, complete))
        return "None"

    def attribute(self, of: StrawberryField, at: str) -> str:
        if not isinstance(of, Told):
            return f"{at}.{of.python_name}"
        found = f"{at}.{of.at}" if of.at else at
        convert = of.settle() if of.settle else of.convert
        if isinstance(convert, Constant):
            return repr(convert.value)
        return f"{self.fresh('f', convert)}({found})" if convert else found

    def value(self, kind: GraphQLOutputType, given: str, details: Details, trail: Trail) -> str:
        """Write the expression that completes the value that `given` gives."""
        needed = isinstance(kind, GraphQLNonNull)
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        v = self.fresh("v")
        if is_leaf_type(inner):
            leaf = leaf_of(inner)
            self.names |= leaf.names
            made = f"{self.fresh('c', leaf.coerce)}({v})"
            if leaf.test and needed:
                test = leaf.test.replace("{v}", f"({v} := {given})", 1).format(v=v)
                return f"({v} if {test} else {made})"
            if leaf.test:
                made = f"{v} if {leaf.test.format(v=v)} else {made}"
        else:
            made = self.literal(inner, details, trail, v) or (
                f"{self.composite(inner, details, trail)}({v}, x)"
            )
        return f"({'nothing()' if needed else 'None'} if ({v} := {given}) is None else {made})"

    def literal(
        self, kind: GraphQLOutputType, details: Details, trail: Trail, at: str
    ) -> str | None:
        """Write a small object of plain leaves in place: a call would cost more than it."""
        if not isinstance(kind, GraphQLObjectType) or kind.is_type_of is not None:
            return None
        fields = self.source.below(kind, details)
        for each in fields.values():
            definition = kind.fields.get(each[0].node.name.value)
            if definition is None or not is_leaf_type(get_named_type(definition.type)):
                return None
            if definition.extensions["strawberry-definition"].base_resolver is not None:
                return None
        selected = Selected(-1, kind)
        parts = [
            f"{name!r}: {self.field(selected, name, each, trail, at)}"
            for name, each in fields.items()
        ]
        return f"{{{', '.join(parts)}}}"

    def composite(self, kind: GraphQLOutputType, details: Details, trail: Trail) -> str:
        """Write the function that completes a list, an object or an abstract value."""
        if isinstance(kind, GraphQLList):
            return self.list(kind, details, trail)
        if isinstance(kind, GraphQLObjectType):
            return self.selection(kind, self.source.below(kind, details), trail)
        assert is_abstract_type(kind)
        return self.abstract(kind, details, trail)

    def list(self, kind: GraphQLList[GraphQLOutputType], details: Details, trail: Trail) -> str:
        each = self.value(kind.of_type, "i", details, trail)
        name = self.fresh("l")
        self.lines += [
            f"def {name}(v, x):",
            "    if v.__class__ not in lists: nothing()",
            f"    return [{each} for i in v]",
        ]
        return name

    def abstract(self, kind: GraphQLAbstractType, details: Details, trail: Trail) -> str:
        """Write the function that looks the type up by the value's class, which decides it."""
        makers = {
            each.name: self.selection(each, self.source.below(each, details), trail)
            for each in self.source.kinds.get_possible_types(kind)
        }
        known: dict[type, Callable[[Any, Any], Any]] = {}
        asked = SimpleNamespace(schema=self.source.kinds, field_name=trail[-1][0])
        names, resolve = self.names, kind.resolve_type

        def make(value: Any, noted: Any) -> Any:
            found = known.get(value.__class__)
            if found is None:
                name = resolve(value, asked, kind) if resolve else None  # type: ignore[arg-type]
                if name not in makers:
                    raise Surprise
                found = known[value.__class__] = names[makers[name]]
            return found(value, noted)

        return self.fresh("a", make)
