"""Documents that walk the whole schema: built from `schema.graphql` and the rules, nothing by hand.

A path is a way from a root field down to a leaf. For each kind of caller the paths that its rules
allow are packed into documents within the limits; of the others only the first forbidden field is
asked for. What an argument is called says what it is given; a name that nobody knows is an error.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from api import schema_text
from api.graphql import schema
from api.graphql.field import rules_of

SCHEMA = build_schema(schema_text())
RULES = rules_of(schema())
ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
LEAVES_MAX = 60

IDENTITIES = {"id": "ID"} | dict.fromkeys(("number", "phone", "district", "serial"), "String")
"""The variables of documents: whose it is that is asked for. The rest is the same for all."""

NAMED = {
    "accountNumber": "$number",
    "number": "$number",
    "phone": "$phone",
    "inspectorPhone": "$phone",
    "district": "$district",
    "districtCode": "$district",
    "meterSerial": "$serial",
    "serial": "$serial",
}
WORDS = {
    "after": "null",
    "auth": '"BTBZMqHH6r4Tts7J_aSIgg"',
    "channel": '"bank-D1"',
    "code": '"000000"',
    "description": '"words of a walk"',
    "document": '"{}"',
    "endpoint": '"https://push.example.com/walk"',
    "factor": '"000000"',
    "invitation": '"walk"',
    "locale": '"zh-CN"',
    "name": '"walk"',
    "note": '"walk"',
    "p256dh": '"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6S'
    'RpkNtoIAiw4"',
    "password": '"walk walk walk"',
    "reason": '"walk"',
    "reference": '"walk"',
    "refreshToken": '"walk"',
    "since": "null",
    "tariffCode": '"zhejiang-residential-tou"',
    "why": '"walk"',
}
"""What texts are given, by the name of their argument."""
MOMENTS = {"since": '"2026-02-01T00:00:00Z"', "until": '"2026-02-08T00:00:00Z"'}
SCALARS = {
    "Boolean": "true",
    "Date": '"2026-01-05"',
    "DateTime": '"2026-02-01T00:00:00Z"',
    "Decimal": '"1"',
    "Int": "1",
    "UUID": '"4f2c1a3e-7f0e-4b7e-9d0c-2b1f0c9d8e7a"',
}
GIVEN = {
    "device": '"walk"',
    "since:String!": '"22:00"',
    "until:String!": '"08:00"',
    "firstDay": '"2026-01-02"',
    "until:Date": '"2026-01-05"',
    "first": "2",
    "minutes": "60",
    "openOnly": "false",
    "everywhere": "false",
    "keepThis": "true",
}


class CannotWalk(Exception):
    """The walk does not know what to give an argument: tell it, in this file."""


@dataclass(frozen=True)
class Step:
    """A field with its arguments, or the condition of an inline fragment."""

    text: str
    pair: tuple[str, str] | None = None


Path = tuple[Step, ...]


@dataclass(frozen=True)
class Document:
    """A document, the variables that it takes and the fields that it asks for."""

    root: str
    kind: str
    text: str
    takes: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    forbidden: bool = False
    about: str = ""
    part: int = 0


@dataclass
class _Walk:
    caller: str | None
    seen: set[str] = field(default_factory=set)
    forbidden: list[Path] = field(default_factory=list)

    def below(self, kind: GraphQLOutputType, path: Path) -> Iterator[Path]:
        """Yield the paths below a type; each type is walked once, then only its leaves."""
        named = get_named_type(kind)
        if isinstance(named, GraphQLInterfaceType):
            for each in SCHEMA.get_possible_types(named):
                yield from self.below(each, (*path, Step(f"... on {each.name}")))
            return
        assert isinstance(named, GraphQLObjectType)
        first = named.name not in self.seen
        self.seen.add(named.name)
        leaves = 0
        for name, each in named.fields.items():
            if is_leaf_type(get_named_type(each.type)):
                found = list(self.field(named, name, path))
                leaves += len(found)
                yield from found
        if not leaves:
            yield (*path, Step("__typename"))
        if first:
            for name, each in named.fields.items():
                if not is_leaf_type(get_named_type(each.type)):
                    yield from self.field(named, name, path)

    def field(self, kind: GraphQLObjectType, name: str, path: Path) -> Iterator[Path]:
        found = kind.fields[name]
        step = Step(name + _arguments(kind.name, name), (kind.name, name))
        rule = RULES.get(f"{kind.name}.{name}")
        if rule is not None and rule.kinds is not None and self.caller not in rule.kinds:
            self.forbidden.append((*path, step))
        elif is_leaf_type(get_named_type(found.type)):
            yield (*path, step)
        else:
            yield from self.below(found.type, (*path, step))


@cache
def documents(caller: str | None) -> tuple[Document, ...]:
    """Return the documents of a kind of caller (None: not signed in)."""
    return tuple(
        document
        for kind, root in ROOTS.items()
        for name in SCHEMA.type_map[root].fields  # type: ignore[attr-defined]
        for document in _of_root(caller, kind, root, name)
    )


def _of_root(caller: str | None, kind: str, root: str, name: str) -> Iterator[Document]:
    walk = _Walk(caller)
    named = SCHEMA.type_map[root]
    assert isinstance(named, GraphQLObjectType)
    allowed = list(walk.field(named, name, ()))
    # An interface's kinds apart: an id is of one of them.
    groups: dict[str, list[Path]] = {}
    for path in allowed:
        groups.setdefault(_about(path), []).append(path)
    for within, paths in groups.items():
        about = within or _wanted(root, name)
        for start in range(0, len(paths), LEAVES_MAX):
            batch = paths[start : start + LEAVES_MAX]
            yield _document(kind, name, batch, about=about, part=start // LEAVES_MAX)
    for path in walk.forbidden:
        about = _about(path) or _wanted(root, name)
        yield _document(kind, name, [path], forbidden=True, about=about)


def _about(path: Path) -> str:
    """Return the kind of what an interface hands out, where that is where the path leads."""
    found = path[1].text if len(path) > 1 else ""
    return found.removeprefix("... on ") if found.startswith("... on ") else ""


def _wanted(root: str, name: str) -> str:
    """Return the kind of the id that a mutation's input takes, by the name of its field."""
    for argument in SCHEMA.type_map[root].fields[name].args.values():  # type: ignore[attr-defined]
        inner = get_named_type(argument.type)
        for each in getattr(inner, "fields", {}):
            ending = each.removesuffix("Id").capitalize()
            if each.endswith("Id"):
                return next(kind for kind in identified() if kind.endswith(ending))
    return ""


def _document(kind: str, root: str, paths: Iterable[Path], **told: object) -> Document:
    tree: dict[Step, dict] = {}  # type: ignore[type-arg]
    pairs = set()
    for path in paths:
        at = tree
        for step in path:
            at = at.setdefault(step, {})
            if step.pair:
                pairs.add(step.pair)
    body = _rendered(tree)
    takes = frozenset(name for name in IDENTITIES if f"${name}" in body)
    given = ", ".join(f"${name}: {IDENTITIES[name]}!" for name in sorted(takes))
    text = f"{kind} Walk{f'({given})' if given else ''} {body}"
    return Document(root, kind, text, takes, frozenset(pairs), **told)  # type: ignore[arg-type]


def _rendered(tree: dict[Step, dict]) -> str:  # type: ignore[type-arg]
    inner = " ".join(
        step.text + (f" {_rendered(below)}" if below else _closed(step))
        for step, below in tree.items()
    )
    return f"{{ {inner} }}"


def _closed(step: Step) -> str:
    """A forbidden field ends its path: what is below it does not matter, but has to be there."""
    if step.pair is None:
        return ""
    kind, name = step.pair
    found = SCHEMA.type_map[kind].fields[name]  # type: ignore[attr-defined]
    return "" if is_leaf_type(get_named_type(found.type)) else " { __typename }"


def _arguments(kind: str, name: str) -> str:
    found = SCHEMA.type_map[kind].fields[name].args  # type: ignore[attr-defined]
    given = ", ".join(
        f"{each}: {_value(each, argument)}"
        for each, argument in found.items()
        if is_required_argument(argument) or _value(each, argument) != "null"
    )
    return f"({given})" if given else ""


def _value(name: str, given: GraphQLInputField) -> str:
    """Return what an argument or an input's field is given, by its name and type."""
    named = get_named_type(given.type)
    if isinstance(named, GraphQLInputObjectType):
        inner = ", ".join(
            f"{each}: {_value(each, inside)}"
            for each, inside in named.fields.items()
            if is_required_input_field(inside) or not _is_object(inside)
        )
        return f"{{{inner}}}"
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    if named.name == "ID":
        return "$id"
    for key in (f"{name}:{given.type}", f"{name}:{named.name}", name):
        if key in GIVEN:
            return GIVEN[key]
    if name in NAMED:
        return NAMED[name]
    known = {"String": WORDS, "DateTime": MOMENTS}.get(named.name, {})
    found = known.get(name) or SCALARS.get(named.name)
    if found is None:
        raise CannotWalk(f"{name}: {given.type}")
    return found


def _is_object(given: GraphQLInputField) -> bool:
    return isinstance(get_named_type(given.type), GraphQLInputObjectType)


def everything() -> set[tuple[str, str]]:
    """Return every field of every object type."""
    return {
        (kind.name, name)
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for name in kind.fields
    }


def identified() -> list[str]:
    """Return the object types that have an id of their own."""
    return [
        kind.name
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        and "id" in kind.fields
        and get_named_type(kind.fields["id"].type).name == "ID"
    ]
