"""The reference of the API as a page: each field with its rule, its price and its codes."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    is_leaf_type,
)
from graphql.type import get_named_type

from api.graphql.document import LIMITS, points_of
from api.graphql.field import rules_of
from api.graphql.node import FIRST_DEFAULT, FIRST_MAX
from auth import SIGNED_IN, Rule

from ._codes import CODES, EVERYWHERE
from ._schema import schema

_HEAD = """\
# API reference

Written by `make schema` from the code; [the guide](api_guide.md) tells how to use it.

*Who* is the rule of a field; `-` comes with the object that carries it, and an object is handed
out only by a field with a rule. What a caller may not see answers like what does not exist.

*Points* is what the field costs in the caller's budget (`rateLimit`): `+` adds what is selected
below it, `x first` multiplies that by the size of the page ({default} by default, {most} at most; a
variable counts as {most}). `edges`, `node` and `pageInfo` are free.

*Codes* are those that the field itself may answer: of `errors`, and behind them, for a mutation, of
its `userErrors`. Those of whole requests stand at the end.

A document may be {depth} levels deep, with {roots} root fields, {aliases} aliases, {directives}
directives, {fragments} fragments, {repeats} repetitions of a name in one selection, {tokens} tokens
and {cost} points.
"""


def reference_text() -> str:
    """Return what `docs/api.md` holds."""
    built = schema()
    rules = rules_of(built)
    kinds = built._schema.type_map.values()  # ruff: ignore[private-member-access]
    own = sorted((k for k in kinds if not k.name.startswith("__")), key=_rank)
    parts = [_HEAD.format(default=FIRST_DEFAULT, most=FIRST_MAX, **LIMITS)]
    parts += ["\n".join(_section(kind, rules)) for kind in own]
    parts.append("\n".join(_everywhere()))
    return "\n".join(parts)


def _rank(kind: GraphQLNamedType) -> tuple[int, str]:
    roots = {"Query": 0, "Mutation": 1, "Subscription": 2}
    families = (GraphQLObjectType | GraphQLInterfaceType, GraphQLInputObjectType, GraphQLEnumType)
    family = next((n for n, each in enumerate(families, 3) if isinstance(kind, each)), 9)
    return roots.get(kind.name, family), kind.name


def _section(kind: GraphQLNamedType, rules: Mapping[str, Rule]) -> Iterator[str]:
    if isinstance(kind, GraphQLScalarType) and kind.name in {"String", "Int", "Boolean", "ID"}:
        return
    yield f"## {kind.name}\n\n{kind.description}\n"
    match kind:
        case GraphQLObjectType() | GraphQLInterfaceType():
            yield from _fields(kind, rules)
        case GraphQLInputObjectType():
            yield "| field | type | |\n|---|---|---|"
            for name, field in kind.fields.items():
                yield f"| `{name}` | `{field.type}` | {_line(field.description)} |"
            yield ""
        case GraphQLEnumType():
            yield "| value | |\n|---|---|"
            for name, value in kind.values.items():
                yield f"| `{name}` | {_line(value.description)} |"
            yield ""


def _fields(
    kind: GraphQLObjectType | GraphQLInterfaceType, rules: Mapping[str, Rule]
) -> Iterator[str]:
    yield "| field | who | points | | codes |\n|---|---|---|---|---|"
    for name, field in kind.fields.items():
        rule = rules.get(f"{kind.name}.{name}")
        told = [
            f"`{name}{_arguments(field.args)}: {field.type}`",
            rule.name if rule else "-",
            _points(name, field),
            _line(field.description) + _deprecated(field),
        ]
        codes = [*_at_the_door(kind.name, field, rule)]
        if kind.name == "Mutation":
            codes += CODES.get(name, ("REFUSED",))
        told.append(", ".join(f"`{code}`" for code in codes))
        yield f"| {' | '.join(told)} |"
    yield ""


def _at_the_door(kind: str, field: GraphQLField, rule: Rule | None) -> Iterator[str]:
    """Yield the codes of whole requests that the field's rule and arguments may answer."""
    if rule is not None and rule.kinds is not None:
        yield "UNAUTHENTICATED"
        if SIGNED_IN.kinds and rule.kinds < SIGNED_IN.kinds:
            yield "FORBIDDEN"
        if rule.proven:
            yield "STEP_UP_REQUIRED"
    if "first" in field.args:
        yield "PAGE_SIZE_INVALID"
    if "after" in field.args:
        yield "CURSOR_INVALID"
    if any(str(each.type).startswith("DateTime") for each in field.args.values()):
        yield "BAD_USER_INPUT"
    if kind == "Subscription":
        yield from ("NOT_FOUND", "TOO_MANY_STREAMS")


def _arguments(given: Mapping[str, GraphQLArgument]) -> str:
    if not given:
        return ""
    return "(" + ", ".join(f"{name}: {each.type}" for name, each in given.items()) + ")"


def _points(name: str, field: GraphQLField) -> str:
    own = points_of(name)
    if is_leaf_type(get_named_type(field.type)):
        return str(own)
    return f"{own} + below x first" if "first" in field.args else f"{own} + below"


def _deprecated(field: GraphQLField) -> str:
    return f" **Deprecated:** {field.deprecation_reason}" if field.deprecation_reason else ""


def _line(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("|", "\\|")


def _everywhere() -> Iterator[str]:
    yield "## Codes of whole requests\n"
    yield "In `errors[].extensions.code`; nothing was run, or only a part, as `data` tells.\n"
    yield "| code | status | |\n|---|---|---|"
    for code, (status, text) in EVERYWHERE.items():
        yield f"| `{code}` | {status} | {text} |"
    yield ""
