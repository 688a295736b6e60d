"""What stands between a document and its execution, and between a fault and the caller."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.graphql.error import ClientError, spoken
from api.graphql.limit import Prepared, Price
from runtime.database import Overloaded

from ._document import normal_forms
from ._limits import TOKENS_MAX, Scales, crowded, excess, paged_fields, prices

ERRORS_MAX = 5
OVERLOADED = "OVERLOADED"
_CACHED = 512
_CACHED_CHARACTERS_MAX = 8192
# Built once: a rule class made per request would defeat every cache.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_CLOSED_RULES = (*_RULES, NoSchemaIntrospectionCustomRule)
_PARSER_LIMITS = {"tokens": "TOKENS_LIMIT", "nested too deeply": "DEPTH_LIMIT"}
# What a database text cannot hold: control characters, and halves of a character.
_UNCLEAN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# What graphql-core says of a value ends with the value, which may be a code or a password.
_VALUE = re.compile(r"( cannot represent [\w -]+| [Ff]ound): .*", re.DOTALL)
_log = structlog.get_logger(__name__)

_CALLERS = (ClientError, CannotGetOperationTypeError, InvalidOperationTypeError)
_NOTHING = parse("{ __typename }")


Preparer = Callable[[str], Prepared]


def preparer(
    schema: GraphQLSchema, *, introspection: bool, trusted: frozenset[bytes] | None = None
) -> Preparer:
    """Return what parses, weighs and validates a document; known documents cost nothing.

    `trusted` are the normal forms of the only operations that may be run.
    """
    paged = paged_fields(schema)
    rules = _RULES if introspection else _CLOSED_RULES

    def prepare(query: str) -> Prepared:
        document = _parsed(query)
        scales = Scales(document, paged)
        errors = (
            excess(scales)
            or crowded(scales)
            or _untrusted(document, trusted)
            or _unclean_literals(query, document)
        )
        if not errors:
            found = validate(schema, document, rules, max_errors=ERRORS_MAX)
            errors = [_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in found[:ERRORS_MAX]]
        if not introspection:
            for told in errors:
                told.message = told.message.partition(" Did you mean")[0]
        if errors:
            raise _Unfit(errors)
        return Prepared(document, [], prices(scales))

    known = lru_cache(_CACHED)(prepare)

    def look(query: str) -> Prepared:
        try:
            return (known if len(query) <= _CACHED_CHARACTERS_MAX else prepare)(query)
        except _Unfit as unfit:
            return Prepared(None, unfit.errors)
        except RecursionError:
            return Prepared(None, [GraphQLError("Too deep.", extensions={"code": "DEPTH_LIMIT"})])

    return look


class _Unfit(Exception):
    """What may not be run is not remembered either: errors hold on to their whole document."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


def _parsed(query: str) -> DocumentNode:
    try:
        return parse(query, max_tokens=TOKENS_MAX)
    except GraphQLError as error:
        codes = (code for words, code in _PARSER_LIMITS.items() if words in error.message)
        raise _Unfit([_coded(error, next(codes, "GRAPHQL_PARSE_FAILED"))]) from None


def guard(prepare: Preparer) -> type[SchemaExtension]:  # ruff: ignore[complex-structure] -- hooks
    """Return the one extension of the schema."""

    class Guard(SchemaExtension):
        def on_operation(self) -> Iterator[None]:
            yield
            self._mask(self.execution_context.result)

        def on_parse(self) -> Iterator[None]:
            context = self.execution_context
            known = context.context.prepared
            document, errors, listed = known or prepare(context.query or "")
            named = context._provided_operation_name  # ruff: ignore[private-member-access] -- the other is the first one's
            errors = errors or _unnamed(listed, named) or unclean(context.variables)
            price = None if errors else price_of(listed, context.operation_name)
            errors = context.context.charge(price) or errors
            if document is None:
                # Without a document strawberry would parse once more and lose our codes.
                document = _NOTHING
                context._provided_operation_name = None  # ruff: ignore[private-member-access]
            context.graphql_document = document
            if errors:
                context.pre_execution_errors = errors
            yield

        def on_validate(self) -> Iterator[None]:
            # Done with the parsing: an empty list says that nothing is left to validate.
            if self.execution_context.pre_execution_errors is None:
                self.execution_context.pre_execution_errors = []
            yield

        async def on_execute(self) -> AsyncIterator[None]:
            # A subscription only begins in here; its events come later.
            async with self.execution_context.context.reading():
                yield  # ruff: ignore[yield-in-context-manager-in-async-generator] -- a hook is one

        def on_stream_result(self, result: Any) -> Iterator[None]:
            self._mask(result)
            yield

        def _mask(self, result: Any) -> None:
            errors = getattr(result, "errors", None)
            if errors:
                request_id = self.execution_context.context.request_id
                result.errors = masked_all(errors, request_id)

    return Guard


def price_of(listed: Mapping[str, Price], name: str | None) -> Price | None:
    """Return the price of the operation that is meant; None where it cannot be told."""
    if name is None and len(listed) == 1:
        return next(iter(listed.values()))
    return listed.get(name or "")


def _unnamed(listed: Mapping[str, Price], name: str | None) -> list[GraphQLError]:
    """Refuse to guess which of several operations is meant: strawberry takes the first."""
    if name is not None or len(listed) <= 1:
        return []
    message = "Say by `operationName` which of the operations is meant."
    return [GraphQLError(message, extensions={"code": "BAD_REQUEST"})]


def masked_all(errors: list[GraphQLError], request_id: str) -> list[GraphQLError]:
    """Return the first few errors as the caller may know them."""
    return [masked(error, request_id) for error in errors[:ERRORS_MAX]]


def masked(error: GraphQLError, request_id: str) -> GraphQLError:
    """Return what the caller may know: our own errors as they are, a fault as an id."""
    origin = error.original_error
    code = (error.extensions or {}).get("code")
    extensions = {"code": code or "BAD_USER_INPUT", "requestId": request_id}
    if isinstance(origin, Overloaded):
        message = spoken(OVERLOADED, "Too many ask at once.")
        return _with(error, message, extensions | {"code": OVERLOADED})
    if _is_coercion(error):
        return _with(error, error.message.partition(" Did you mean")[0], extensions)
    if origin is None or isinstance(origin, _CALLERS):
        return _with(error, error.message, extensions)
    _log.error(
        "graphql.fault",
        request_id=request_id,
        path=error.path,
        exc_info=origin,
    )
    return _with(
        error, spoken("INTERNAL", "Something went wrong."), extensions | {"code": "INTERNAL"}
    )


def _is_coercion(error: GraphQLError) -> bool:
    """Tell whether a variable did not fit its type, or a null where it is used: the caller's
    mistake, and worded for them.
    """
    given = VariableDefinitionNode, ValueNode
    return any(isinstance(node, given) for node in error.nodes or ())


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    return _with(error, error.message, {"code": code})


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        _VALUE.sub(r"\1: ...", message),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _untrusted(document: DocumentNode, trusted: frozenset[bytes] | None) -> list[GraphQLError]:
    if trusted is None or normal_forms(document) <= trusted:
        return []
    message = spoken("DOCUMENT_NOT_TRUSTED", "Only the documents of the apps are run here.")
    return [GraphQLError(message, extensions={"code": "DOCUMENT_NOT_TRUSTED"})]


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        self.texts.append(node.value)


def _unclean_literals(query: str, document: DocumentNode) -> list[GraphQLError]:
    """Refuse the same in the document's own texts, as it stands there or by an escape."""
    if "\\" not in query and not _UNCLEAN.search(query):
        return []
    literals = _Literals()
    visit(document, literals)
    return unclean(literals.texts)


def unclean(variables: object) -> list[GraphQLError]:
    """Refuse what a database text cannot hold, wherever it hides in the variables."""
    waiting = [variables]
    while waiting:
        given = waiting.pop()
        if isinstance(given, str) and _UNCLEAN.search(given):
            message = "Control characters are not text."
            return [GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})]
        if isinstance(given, dict):
            waiting.extend(given.values())
        elif isinstance(given, list):
            waiting.extend(given)
    return []
