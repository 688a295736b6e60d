"""Faults: where in the answer a field failed, and which null that makes of it."""

from typing import Any

from graphql import GraphQLError, GraphQLList, GraphQLNonNull, GraphQLOutputType, located_error

from ._plan import Resolved

Path = list[str | int]


class Answer:
    """The data as far as they have come, and the errors of fields."""

    __slots__ = ("data", "errors")

    def __init__(self) -> None:
        self.data: dict[str, Any] | None = None
        self.errors: list[GraphQLError] = []

    def fail(self, field: Resolved, owner: dict[str, Any], error: Exception) -> None:
        """Note that a field of this object failed; what can not be null takes along what holds it.

        The path is only looked for here, where it is needed. What stands under a null already has
        no path any more, and says nothing more.
        """
        path = None if self.data is None else _found(self.data, field.trail[:-1], owner)
        if path is None:
            return
        path.append(field.name)
        self.errors.append(located_error(error, field.nodes, path))
        at = _nearest(path, field)
        if not at:
            self.data = None
            return
        place: Any = self.data
        for step in at[:-1]:
            place = place[step]
        place[at[-1]] = None


def _found(value: Any, trail: Any, owner: dict[str, Any]) -> Path | None:
    """Return where the object stands, or None where it does not stand there any more."""
    if isinstance(value, list):
        for k, each in enumerate(value):
            below = _found(each, trail, owner)
            if below is not None:
                return [k, *below]
        return None
    if value is owner:
        return []
    if value is None or not trail:
        return None
    (name, _), *rest = trail
    below = _found(value.get(name), rest, owner)
    return None if below is None else [name, *below]


def _nearest(path: Path, field: Resolved) -> Path:
    """Return the part of the path that ends where null may stand; empty: nowhere."""
    nullable: Path = []
    for done, kind in enumerate(_kinds(field.trail), 1):
        if not isinstance(kind, GraphQLNonNull):
            nullable = path[:done]
    return nullable


def _kinds(trail: Any) -> list[GraphQLOutputType]:
    """Return the type of each place along a path: each field's, and those of lists' elements."""
    found: list[GraphQLOutputType] = []
    for last, (_, kind) in enumerate(trail, 1 - len(trail)):
        found.append(kind)
        if last == 0:
            break  # the field itself failed, not an element of it
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        while isinstance(inner, GraphQLList):
            found.append(inner.of_type)
            item = inner.of_type
            inner = item.of_type if isinstance(item, GraphQLNonNull) else item
    return found
