"""Pieces of JSON as SQL: rows and values that stand somewhere, and how they are put together."""

from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLOutputType, get_nullable_type

from api.graphql.field import Convert, sql_of

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


class Value(NamedTuple):
    """A value that an expression gives."""

    sql: str


class Row:
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

    def at(self, path: str) -> "Row | Value":
        """Return what stands at a path of attributes of the value behind an object."""
        column = path.removeprefix(_VIEW)
        if column in {"", "view"}:
            return self
        return Value(self[column])


Scope = Row | Value
Piece = tuple[bool, str]
"""A piece of JSON: True and SQL that gives it, or False and the text itself."""
Written = list[Piece]


def listed(each: Written, behind: str) -> Written:
    elements = f"array_to_string(array(select {joined(each)} from {behind}), ',')"
    return [(False, "["), (True, elements), (False, "]")]


def joined(written: Written) -> str:
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


def converted(convert: Convert, scope: Scope) -> Value:
    template = sql_of(convert)
    if template is None:
        raise NotTold
    if isinstance(scope, Row):
        return Value(f"({template.format_map(scope)})")
    return Value(f"({template.format(scope.sql)})")


def leaf(kind: GraphQLOutputType, value: Scope) -> Written:
    inner: Any = get_nullable_type(kind)
    if isinstance(value, Row):
        raise NotTold
    if inner.name not in _QUOTED:
        template = _STRING if isinstance(inner, GraphQLEnumType) else _LEAVES.get(inner.name)
        if template is None:
            raise NotTold
        return [sure(f"{template.format(value.sql)}::text", kind)]
    text = _QUOTED[inner.name].format(value.sql)
    if isinstance(kind, GraphQLNonNull):
        return [(False, '"'), sure(f"{text}::text", kind), (False, '"')]
    return [sure(f"'\"' || {text} || '\"'", kind)]


def sure(sql: str, kind: GraphQLOutputType) -> Piece:
    """Write null where it may stand; where not, the statement fails: the answer is made here."""
    return True, f"coalesce({sql}, {'never()' if isinstance(kind, GraphQLNonNull) else _NULL})"
