"""Tell: have PostgreSQL write the whole answer of a field as JSON, out of the rows behind it.

The fields below it are those of the schema: what stands in a column, converted alike, and rows that
belong to the row. What is computed only here is NotTold, and the field is resolved as ever. Text is
put together by `concat`: `json_build_object` takes twice as long.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from api.graphql.field import At, Constant, Convert, Rows, Told, Way, sql_of, way_of
from api.graphql.node import Connection
from auth import Rule

from ._plan import Resolved, Source
from ._telling import Part, Telling

Details = list[FieldDetails]

_PARTS_MAX = 100  # arguments of a function
_NULL = "'null'"
_VIEW = "view."
_STRING = "to_json(({})::text)"
_MOMENT = """'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'"""
_LEAVES = {
    "String": _STRING,
    "Boolean": "({})::bool",
    "Int": "({})::int",
}
"""How a value is written as JSON, for each scalar that is written as orjson does."""
_QUOTED = {
    "ID": "{}",
    "Decimal": "{}",
    "Date": "({})::date",
    "DateTime": f"replace(to_char({{}}, {_MOMENT}), '.000000', '')",
}
"""The same for those that stand between quotes and hold nothing that would have to be escaped."""


class NotTold(Exception):
    """Something of the field is computed only here."""


class _Value(NamedTuple):
    """A value that an expression gives."""

    sql: str


class _Row:
    """A row: where it stands, its columns, and which of them are looked at."""

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns
        self.used: set[str] = set()

    def __getitem__(self, column: str) -> str:
        if column not in self.columns:
            raise NotTold
        self.used.add(column)
        return f"{self.name}.{column}"

    def at(self, path: str) -> "_Row | _Value":
        """Return what stands at a path of attributes of the value behind an object."""
        column = path.removeprefix(_VIEW)
        if column in {"", "view"}:
            return self
        return _Value(self[column])


_Scope = _Row | _Value
_Piece = tuple[bool, str]
"""A piece of JSON: True and SQL that gives it, or False and the text itself."""
_Written = list[_Piece]


def telling(source: Source, resolved: Resolved, details: Details) -> Telling | None:
    """Return how PostgreSQL tells a field that belongs to no row; None where it cannot."""
    rows = resolved.way.rows
    if not isinstance(rows, Rows) or rows.by:
        return None
    teller = _Teller(source)
    try:
        text = _joined(teller.found(resolved.way, resolved.definition, details, None))
    except NotTold:
        return None
    parts = [part._replace(needed=frozenset(row.used)) for part, row in teller.parts]
    return Telling(text, tuple(parts), tuple(teller.rules))


class _Teller:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.parts: list[tuple[Part, _Row]] = []
        self.rules: dict[Rule, None] = {}

    def found(
        self, way: Way, definition: GraphQLField, details: Details, owner: _Scope | None
    ) -> _Written:
        """Write what the rows behind a field make of it."""
        rows, at = way.rows, owner if isinstance(owner, _Row) else _Row("", ())
        if rows is None:
            raise NotTold
        self.rules[way.rule] = None
        if isinstance(rows, At):
            return self.value(definition.type, details, at.at(rows.path))
        of: StrawberryField = definition.extensions["strawberry-definition"]
        arguments = self.source.arguments(definition, of, details[0].node)
        number = len(self.parts)
        row = _Row(f"r{number}", rows.columns)
        self.parts.append((Part(rows, at.name, frozenset(), arguments), row))
        for column in rows.by:
            at[column]
        behind = f"({{{number}}}) {row.name}({', '.join(rows.columns)})"
        kind: Any = get_nullable_type(definition.type)
        if isinstance(kind, GraphQLList):
            return _listed(self.composite(kind.of_type, details, row), behind)
        if is_leaf_type(kind):
            made = _leaf(definition.type, row.at(*row.columns))
        elif _is_page(kind):
            return self.page(kind, details, row, behind)
        else:
            made = self.composite(kind, details, row)
        one = f"(select {_joined(made)} from {behind})"
        return [_sure(one, definition.type)]

    def page(self, kind: Any, details: Details, row: _Row, behind: str) -> _Written:
        """Write a page of rows; of a connection only its edges are told, and of them the nodes."""
        edge = get_nullable_type(kind.fields["edges"].type).of_type.of_type

        def edges(below: Details) -> _Written:
            return _listed(self.object(edge, below, {"node": node}), behind)

        def node(below: Details) -> _Written:
            return self.composite(edge.fields["node"].type, below, row)

        written = self.object(kind, details, {"edges": edges})
        if not any(behind in text for _, text in written):
            raise NotTold  # nobody wants the rows
        return written

    def value(self, kind: GraphQLOutputType, details: Details, scope: _Scope) -> _Written:
        """Write what stands there."""
        if is_leaf_type(get_nullable_type(kind)):
            return _leaf(kind, scope)
        return self.composite(kind, details, scope)

    def composite(self, kind: GraphQLOutputType, details: Details, scope: _Scope) -> _Written:
        """Write the object that a row or a value makes."""
        inner = get_nullable_type(kind)
        if not isinstance(inner, GraphQLObjectType):
            raise NotTold
        fields = {name: self.field(each, scope) for name, each in inner.fields.items()}
        made = self.object(inner, details, fields)
        if isinstance(scope, _Row) or isinstance(kind, GraphQLNonNull):
            return made
        return [(True, f"case when {scope.sql} is null then 'null' else {_joined(made)} end")]

    def object(
        self,
        kind: GraphQLObjectType,
        details: Details,
        fields: Mapping[str, Callable[[Details], _Written]],
    ) -> _Written:
        """Write an object, each field by its own way."""
        written: _Written = [(False, "{")]
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

    def field(self, definition: GraphQLField, scope: _Scope) -> Callable[[Details], _Written]:
        """Return what writes a field of the object that stands there."""
        of: StrawberryField = definition.extensions["strawberry-definition"]

        def written(details: Details) -> _Written:
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
            value = scope.at(of.at) if isinstance(scope, _Row) else scope
            if convert is not None:
                value = _converted(convert, value)
            return self.value(definition.type, details, value)

        return written


def _is_page(kind: Any) -> bool:
    origin = kind.extensions["strawberry-definition"].origin
    return isinstance(origin, type) and issubclass(origin, Connection)


def _listed(each: _Written, behind: str) -> _Written:
    elements = f"array_to_string(array(select {_joined(each)} from {behind}), ',')"
    return [(False, "["), (True, elements), (False, "]")]


def _joined(written: _Written) -> str:
    """Write pieces as one text."""
    parts: list[str] = []
    for is_sql, group in groupby(written, key=itemgetter(0)):
        texts = [text for _, text in group]
        parts += texts if is_sql else [_constant("".join(texts))]
    while len(parts) > _PARTS_MAX:
        parts[:_PARTS_MAX] = [f"concat({', '.join(parts[:_PARTS_MAX])})"]
    return f"concat({', '.join(parts)})"


def _constant(text: str) -> str:
    """Write a text as a constant, in what is formatted once more."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


def _converted(convert: Convert, scope: _Scope) -> _Value:
    template = sql_of(convert)
    if template is None:
        raise NotTold
    if isinstance(scope, _Row):
        return _Value(f"({template.format_map(scope)})")
    return _Value(f"({template.format(scope.sql)})")


def _leaf(kind: GraphQLOutputType, value: _Scope) -> _Written:
    inner: Any = get_nullable_type(kind)
    if isinstance(value, _Row):
        raise NotTold
    if inner.name not in _QUOTED:
        template = _STRING if isinstance(inner, GraphQLEnumType) else _LEAVES.get(inner.name)
        if template is None:
            raise NotTold
        return [_sure(f"{template.format(value.sql)}::text", kind)]
    text = _QUOTED[inner.name].format(value.sql)
    if isinstance(kind, GraphQLNonNull):
        return [(False, '"'), _sure(f"{text}::text", kind), (False, '"')]
    return [_sure(f"'\"' || {text} || '\"'", kind)]


def _sure(sql: str, kind: GraphQLOutputType) -> _Piece:
    """Write null where it may stand; where not, the statement fails: the answer is made here."""
    return True, f"coalesce({sql}, {'never()' if isinstance(kind, GraphQLNonNull) else _NULL})"
