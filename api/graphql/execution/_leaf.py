"""Leaves: how a scalar or an enum becomes JSON, at the least cost that is still exact."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from graphql import GraphQLEnumType, GraphQLLeafType, Undefined

_INT_MAX = 2**31 - 1


class Surprise(Exception):
    """A plain value is not what its type promises: the stock executor shall say what is wrong."""


class Leaf(NamedTuple):
    """A test for values that are JSON as they are, and what becomes of all others.

    `test` is an expression over `{v}`; `names` are what it names.
    """

    test: str
    names: Mapping[str, Any]
    coerce: Callable[[Any], Any]


_CLASS = "{v}.__class__ is %s"
# What orjson writes exactly as the type's own coercion does.
_AS_IT_IS = {
    "String": Leaf(_CLASS % "str", {}, str),
    "ID": Leaf(_CLASS % "str", {}, str),
    "Decimal": Leaf(_CLASS % "str", {}, str),
    "Boolean": Leaf(_CLASS % "bool", {}, str),
    "Int": Leaf(f"({_CLASS % 'int'} and -{_INT_MAX} <= {{v}} <= {_INT_MAX})", {}, str),
    "Date": Leaf(_CLASS % "date_", {"date_": date}, str),
    "DateTime": Leaf(_CLASS % "moment_", {"moment_": datetime}, str),
}


def leaf_of(kind: GraphQLLeafType) -> Leaf:
    """Return how values of the type are completed; `coerce` raises Surprise for what is none."""

    def coerce(value: Any) -> Any:
        coerced = None if value is None else kind.coerce_output_value(value)
        if coerced is None or coerced is Undefined:
            raise Surprise
        return coerced

    if isinstance(kind, GraphQLEnumType):
        return Leaf("", {}, _named(coerce))
    known = _AS_IT_IS.get(kind.name)
    return Leaf("", {}, coerce) if known is None else known._replace(coerce=coerce)


def _named(coerce: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Remember the name of each member; there are only so many."""
    names: dict[Any, str] = {}

    def named(value: Any) -> str:
        # By the identity of the member: hashing one takes longer.
        found = names.get(id(value))
        if found is None:
            found = coerce(value)
            if isinstance(value, Enum):  # members live as long as the process
                names[id(value)] = found
        return found

    return named
