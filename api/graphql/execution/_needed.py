"""Needed: which attributes of the values below a field are looked at, so that no more is read."""

from graphql import (
    GraphQLOutputType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from api.graphql.field import Told, way_of

from ._plan import Source

_VIEW = "view."


def needed_below(
    source: Source, kind: GraphQLOutputType, details: list[FieldDetails]
) -> frozenset[str] | None:
    """Return the names, or None where a resolver below may look at anything.

    An object's value stands in its attribute `view`, or is the object itself.
    """
    paths: set[str] = set()
    if not _gathered(source, kind, details, "", paths):
        return None
    return frozenset(path.removeprefix(_VIEW).partition(".")[0] for path in paths)


def _gathered(
    source: Source,
    kind: GraphQLOutputType,
    details: list[FieldDetails],
    before: str,
    paths: set[str],
) -> bool:
    named = get_named_type(kind)
    kinds = source.kinds.get_possible_types(named) if is_abstract_type(named) else [named]
    for each in kinds:
        assert is_object_type(each)
        for below in source.below(each, details).values():
            name = below[0].node.name.value
            if name.startswith("__"):
                continue
            definition = each.fields[name]
            of: StrawberryField = definition.extensions["strawberry-definition"]
            found = _paths(of, before, is_leaf=is_leaf_type(get_named_type(definition.type)))
            if found is None:
                return False
            paths.update(found)
            if is_leaf_type(get_named_type(definition.type)) or of.base_resolver:
                continue
            further = f"{before}{of.at}.".lstrip(".") if isinstance(of, Told) else ""
            if not _gathered(source, definition.type, below, further, paths):
                return False
    return True


def _paths(of: StrawberryField, before: str, *, is_leaf: bool) -> set[str] | None:
    """Return what the field itself looks at; None where that is not known."""
    if of.base_resolver:
        way = way_of(of)
        return None if way is None or way.uses is None else {f"{before}{each}" for each in way.uses}
    if not isinstance(of, Told):
        return {f"{before}{of.python_name}"} if is_leaf else set()
    if of.uses:
        return {f"{before}{each}" for each in of.uses}
    path = f"{before}{of.at}".rstrip(".")
    if not is_leaf and of.convert is None:
        return set()  # what stands there is looked at below
    return {path} if path else None
