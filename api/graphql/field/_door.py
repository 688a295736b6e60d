"""The door of a field: who may use it. A field that computes anything has to say so."""

from collections.abc import Callable
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, signature
from typing import Any, NamedTuple, get_args, get_origin

import strawberry
from strawberry.types.base import StrawberryObjectDefinition

from api.graphql.error import ClientError, payload_error
from auth import Rule
from domain.base import Question, Refusal, as_house, reading

from ._context import Context
from ._wanted import Wanted

Info = strawberry.Info[Context, None]
_RULE, _RESOLVER, _USES, _ROWS = "allow", "resolver", "uses", "rows"
_STEP_UP = "Give a second factor by stepUp, then send this again with the token that it returns."


class Rows(NamedTuple):
    """Where PostgreSQL finds what a field resolves to: rows with these columns.

    `find` takes info, where the row of the field's object stands (in SQL) and the arguments; it
    looks at the columns `by` of that row. Those of no object are found by themselves.
    """

    columns: tuple[str, ...]
    find: Callable[..., Question]
    by: tuple[str, ...] = ()


class At(NamedTuple):
    """What a field without arguments resolves to stands in the row of its object, at a path.

    Empty: it is the row.
    """

    path: str = ""


class NoRule(Exception):
    """A field of the schema does not say who may use it: the schema is not built."""


def field(
    *,
    allow: Rule,
    description: str,
    uses: frozenset[str] | None = None,
    rows: Rows | At | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a resolved field and who may use it; its resolver takes `info`.

    The resolver returns the value, or what it wants to be loaded for it; or it is asynchronous.
    Of the value behind its object it looks at what it `uses`, or at anything. PostgreSQL can make
    the same answer out of its `rows`, if it has any.
    """

    def declare(resolver: Callable[..., Any]) -> Any:
        @wraps(resolver)
        async def guarded(*args: Any, **given: Any) -> Any:
            context = given["info"].context
            check(context, allow)
            if reading() is not None:
                return await _value(resolver, context, args, given)
            # The event of a subscription: each of its fields reads by itself.
            async with context.reading():
                return await _value(resolver, context, args, given)

        kind = resolver.__annotations__["return"]
        origin: Any = get_origin(kind)
        if origin is Wanted:
            (kind,) = get_args(kind)
        guarded.__annotations__ = resolver.__annotations__ | {"return": kind}
        guarded.__signature__ = signature(resolver).replace(return_annotation=kind)  # type: ignore[attr-defined]
        return strawberry.field(
            resolver=guarded,
            description=description,
            metadata={_RULE: allow, _RESOLVER: resolver, _USES: uses, _ROWS: rows},
        )

    return declare


async def _value(
    resolver: Callable[..., Any], context: Context, args: Any, given: dict[str, Any]
) -> Any:
    found = resolver(*args, **given)
    if isinstance(found, Wanted):
        return await context.loaders.load(found)
    return await found if iscoroutinefunction(resolver) else found


def needed_of(info: Any) -> frozenset[str] | None:
    """Return the attributes of the values below that will be looked at; None: not known."""
    found: frozenset[str] | None = getattr(info, "needed", None)
    return found


class Way(NamedTuple):
    """How a resolved field is resolved, and who may use it."""

    rule: Rule
    resolver: Callable[..., Any]
    uses: frozenset[str] | None
    rows: Rows | At | None


def way_of(field: Any) -> Way | None:
    """Return the way of a field that `field` declared, None of any other."""
    resolver = field.metadata.get(_RESOLVER)
    if resolver is None:
        return None
    given = field.metadata
    return Way(given[_RULE], resolver, given[_USES], given[_ROWS])


def mutation(*, allow: Rule, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Declare a mutation; a Refusal becomes the payload's `userErrors`.

    One that anybody may use is the house's own: it finds out who asks.
    """

    def declare(resolver: Callable[..., Any]) -> Any:
        payload = resolver.__annotations__["return"]

        @wraps(resolver)
        async def guarded(*args: Any, **given: Any) -> Any:
            context = given["info"].context
            check(context, allow)
            try:
                if allow.kinds is not None:
                    return await resolver(*args, **given)
                async with as_house():
                    return await resolver(*args, **given)
            except Refusal as refusal:
                return payload(user_errors=[payload_error(refusal, context.locale)])

        declared = strawberry.mutation(
            resolver=guarded, description=description, metadata={_RULE: allow}
        )
        for argument in declared.arguments:
            argument.description = "What is to be done, and with what."
        return declared

    return declare


def subscription(*, allow: Rule, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Declare a subscription and who may use it."""

    def declare(resolver: Callable[..., Any]) -> Any:
        assert isasyncgenfunction(resolver)

        @wraps(resolver)
        async def guarded(*args: Any, **given: Any) -> Any:
            check(given["info"].context, allow)
            async for event in resolver(*args, **given):
                yield event

        return strawberry.subscription(
            resolver=guarded, description=description, metadata={_RULE: allow}
        )

    return declare


def check(context: Context, rule: Rule) -> None:
    """Raise ClientError where the rule does not allow it."""
    principal = context.principal
    if not rule.allows(principal):
        if principal is None:
            raise ClientError("UNAUTHENTICATED", "Sign in first.")
        raise ClientError("FORBIDDEN", "This is not for you.")
    if rule.proven and not (
        principal and principal.is_proven(within=rule.proven, wall=context.wall())
    ):
        raise ClientError("STEP_UP_REQUIRED", _STEP_UP)


def rules_of(schema: strawberry.Schema) -> dict[str, Rule]:
    """Return the rule of every resolved field; raise NoRule where one has none.

    Plain attributes come with the object that carries them, and an object is only handed out by a
    resolved field.
    """
    rules = {}
    roots = {"Query", "Mutation", "Subscription"}
    for name, kind in schema.schema_converter.type_map.items():
        definition = kind.definition
        if not isinstance(definition, StrawberryObjectDefinition) or definition.is_input:
            continue
        for each in definition.fields:
            if each.base_resolver is None and name not in roots:
                continue
            if _RULE not in each.metadata:
                raise NoRule(f"{name}.{each.python_name}")
            rules[f"{name}.{schema.config.name_converter.from_field(each)}"] = each.metadata[_RULE]
    return rules
