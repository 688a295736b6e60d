"""Tell: have PostgreSQL write the whole answer of a field as JSON, out of the rows behind it.

The fields below it are those of the schema: what stands in a column, converted alike, and rows that
belong to the row. What is computed only here is NotTold, and the field is resolved as ever. Text is
put together by `concat`: `json_build_object` takes twice as long.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from api.graphql.field import At, Constant, Rows, Told, Way, way_of
from api.graphql.node import Connection, cursor_sql
from auth import Rule

from ._piece import NotTold, Row, Scope, Written, converted, joined, leaf, listed, sure
from ._plan import Resolved, Source
from ._telling import Part, Telling

Details = list[FieldDetails]


def telling(source: Source, resolved: Resolved, details: Details) -> Telling | None:
    """Return how PostgreSQL tells a field that belongs to no row; None where it cannot."""
    rows = resolved.way.rows
    if not isinstance(rows, Rows) or rows.by:
        return None
    teller = _Teller(source)
    try:
        text = joined(teller.found(resolved.way, resolved.definition, details, None))
    except NotTold:
        return None
    parts = [part._replace(needed=frozenset(row.used)) for part, row in teller.parts]
    return Telling(text, tuple(parts), tuple(teller.rules))


def _on_page(sql: str) -> Callable[[Details], Written]:
    return lambda _: [(True, f"coalesce(({sql})::text, 'null')")]


_IN_ITS_LIST = {
    "hasNextPage": _on_page("page.n > page.size"),
    "hasPreviousPage": _on_page("page.is_behind"),
    "startCursor": _on_page("""'"' || page.cursors[1] || '"'"""),
    "endCursor": _on_page("""'"' || page.cursors[least(page.n, page.size)] || '"'"""),
}
"""What writes where a page stands: it has a size, and is behind something or not."""


class _Teller:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.parts: list[tuple[Part, Row]] = []
        self.places = 0
        self.rules: dict[Rule, None] = {}

    def found(
        self, way: Way, definition: GraphQLField, details: Details, owner: Scope | None
    ) -> Written:
        """Write what the rows behind a field make of it."""
        rows, at = way.rows, owner if isinstance(owner, Row) else Row("", ())
        if rows is None:
            raise NotTold
        self.rules[way.rule] = None
        if isinstance(rows, At):
            return self.value(definition.type, details, at.at(rows.path))
        of: StrawberryField = definition.extensions["strawberry-definition"]
        arguments = self.source.arguments(definition, of, details[0].node)
        kind: Any = get_nullable_type(definition.type)
        paged = _is_page(kind) and self.asks(kind, details, "pageInfo")
        number = self.places
        row = Row(f"r{number}", rows.columns)
        part = Part(rows, at.name, frozenset(), arguments, paged=paged)
        self.parts.append((part, row))
        self.places += part.places
        for column in rows.by:
            at[column]
        behind = f"({{{number}}}) {row.name}({', '.join(rows.columns)})"
        if isinstance(kind, GraphQLList):
            return listed(self.composite(kind.of_type, details, row), behind)
        if is_leaf_type(kind):
            made = leaf(definition.type, row.at(*row.columns))
        elif paged:
            return self.page_in_its_list(kind, details, row, behind, number)
        elif _is_page(kind):
            return self.page(kind, details, row, behind)
        else:
            made = self.composite(kind, details, row)
        one = f"(select {joined(made)} from {behind})"
        return [sure(one, definition.type)]

    def asks(self, kind: GraphQLObjectType, details: Details, name: str) -> bool:
        """Tell whether this field of the object is asked for."""
        below = self.source.below(kind, details)
        return any(each[0].node.name.value == name for each in below.values())

    def edge(self, kind: Any, row: Row) -> tuple[Any, dict[str, Callable[[Details], Written]]]:
        """Return the type of a page's edges and what writes their fields."""
        edge = get_nullable_type(kind.fields["edges"].type).of_type.of_type
        node = edge.fields["node"].type

        def written_node(below: Details) -> Written:
            return self.composite(node, below, row)

        def cursor(_: Details) -> Written:
            return [(False, '"'), (True, _cursor(edge, row)), (False, '"')]

        return edge, {"node": written_node, "cursor": cursor}

    def page(self, kind: Any, details: Details, row: Row, behind: str) -> Written:
        """Write a page of rows; of a connection only its edges are told."""
        edge, fields = self.edge(kind, row)

        def edges(below: Details) -> Written:
            return listed(self.object(edge, below, fields), behind)

        written = self.object(kind, details, {"edges": edges})
        if not any(behind in text for _, text in written):
            raise NotTold  # nobody wants the rows
        return written

    def page_in_its_list(
        self, kind: Any, details: Details, row: Row, behind: str, number: int
    ) -> Written:
        """Write a page and where it stands in its list: of the rows one too many may be there."""
        edge, fields = self.edge(kind, row)
        columns = [
            f"({{{number + 1}}}) as size, ({{{number + 2}}}) as is_behind",
            f"count(*)::int as n, array_agg({_cursor(edge, row)}) as cursors",
        ]

        def edges(below: Details) -> Written:
            name = f"edges_{len(columns)}"
            columns.append(f"array_agg({joined(self.object(edge, below, fields))}) as {name}")
            return [
                (False, "["),
                (True, f"array_to_string(page.{name}[1:page.size], ',')"),
                (False, "]"),
            ]

        def info(below: Details) -> Written:
            return self.object(kind.fields["pageInfo"].type.of_type, below, _IN_ITS_LIST)

        written = self.object(kind, details, {"edges": edges, "pageInfo": info})
        whole = f"select {', '.join(columns)} from {behind}"
        return [(True, f"(select {joined(written)} from ({whole}) page)")]

    def value(self, kind: GraphQLOutputType, details: Details, scope: Scope) -> Written:
        """Write what stands there."""
        if is_leaf_type(get_nullable_type(kind)):
            return leaf(kind, scope)
        return self.composite(kind, details, scope)

    def composite(self, kind: GraphQLOutputType, details: Details, scope: Scope) -> Written:
        """Write the object that a row or a value makes."""
        inner = get_nullable_type(kind)
        if not isinstance(inner, GraphQLObjectType):
            raise NotTold
        fields = {name: self.field(each, scope) for name, each in inner.fields.items()}
        made = self.object(inner, details, fields)
        if isinstance(scope, Row) or isinstance(kind, GraphQLNonNull):
            return made
        return [(True, f"case when {scope.sql} is null then 'null' else {joined(made)} end")]

    def object(
        self,
        kind: GraphQLObjectType,
        details: Details,
        fields: Mapping[str, Callable[[Details], Written]],
    ) -> Written:
        """Write an object, each field by its own way."""
        written: Written = [(False, "{")]
        for name, below in self.source.below(kind, details).items():
            asked = below[0].node.name.value
            comma = "," if len(written) > 1 else ""
            written.append((False, f'{comma}"{name}":'))
            if asked == "__typename":
                written.append((False, f'"{kind.name}"'))
            elif asked in fields:
                written += fields[asked](below)
            else:
                raise NotTold
        return [*written, (False, "}")]

    def field(self, definition: GraphQLField, scope: Scope) -> Callable[[Details], Written]:
        """Return what writes a field of the object that stands there."""
        of: StrawberryField = definition.extensions["strawberry-definition"]

        def written(details: Details) -> Written:
            if of.base_resolver is not None:
                way = way_of(of)
                if way is None:
                    raise NotTold
                return self.found(way, definition, details, scope)
            if not isinstance(of, Told):
                raise NotTold
            convert = of.settle() if of.settle else of.convert
            if isinstance(convert, Constant):
                return [(False, orjson.dumps(convert.value).decode())]
            value = scope.at(of.at) if isinstance(scope, Row) else scope
            if convert is not None:
                value = converted(convert, value)
            return self.value(definition.type, details, value)

        return written


def _is_page(kind: Any) -> bool:
    if not isinstance(kind, GraphQLObjectType):
        return False
    origin = kind.extensions["strawberry-definition"].origin
    return isinstance(origin, type) and issubclass(origin, Connection)


def _cursor(edge: Any, row: Row) -> str:
    return cursor_sql(get_named_type(edge.fields["node"].type).name).format(row["id"])
