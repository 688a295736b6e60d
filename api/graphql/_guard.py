"""What stands between a document and its execution, and between a fault and the caller."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from ._error import ClientError
from ._limits import TOKENS_MAX, excess, paged_fields

ERRORS_MAX = 5
_CACHED = 512
_CACHED_CHARACTERS_MAX = 8192
# Built once: a rule class made per request would defeat every cache.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_CLOSED_RULES = (*_RULES, NoSchemaIntrospectionCustomRule)
_log = structlog.get_logger(__name__)

Prepared = tuple[DocumentNode | None, list[GraphQLError]]


def preparer(schema: GraphQLSchema, *, introspection: bool) -> Callable[[str], Prepared]:
    """Return what parses, weighs and validates a document; known documents cost nothing."""
    paged = paged_fields(schema)
    rules = _RULES if introspection else _CLOSED_RULES

    def prepare(query: str) -> Prepared:
        try:
            document = parse(query, max_tokens=TOKENS_MAX)
        except GraphQLError as error:
            tokens = f"more than {TOKENS_MAX} tokens" in error.message.lower()
            return None, [_coded(error, "TOKENS_LIMIT" if tokens else "GRAPHQL_PARSE_FAILED")]
        except RecursionError:
            return None, [GraphQLError("Too deep.", extensions={"code": "DEPTH_LIMIT"})]
        errors = excess(document, paged)
        if not errors:
            found = validate(schema, document, rules, max_errors=ERRORS_MAX)
            errors = [_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in found[:ERRORS_MAX]]
        return document, errors

    cached = lru_cache(_CACHED)(prepare)
    return lambda query: (cached if len(query) <= _CACHED_CHARACTERS_MAX else prepare)(query)


def guard(prepare: Callable[[str], Prepared]) -> type[SchemaExtension]:
    """Return the one extension of the schema."""

    class Guard(SchemaExtension):
        def on_operation(self) -> Iterator[None]:
            yield
            self._mask(self.execution_context.result)

        def on_parse(self) -> Iterator[None]:
            context = self.execution_context
            document, errors = prepare(context.query or "")
            errors = errors or _unclean(context.variables)
            context.graphql_document = document
            if errors:
                context.pre_execution_errors = errors
            yield

        def on_validate(self) -> Iterator[None]:
            # Done with the parsing: an empty list says that nothing is left to validate.
            if self.execution_context.pre_execution_errors is None:
                self.execution_context.pre_execution_errors = []
            yield

        def on_stream_result(self, result: Any) -> Iterator[None]:
            self._mask(result)
            yield

        def _mask(self, result: Any) -> None:
            errors = getattr(result, "errors", None)
            if errors:
                request_id = self.execution_context.context.request_id
                result.errors = [masked(error, request_id) for error in errors[:ERRORS_MAX]]

    return Guard


def masked(error: GraphQLError, request_id: str) -> GraphQLError:
    """Return what the caller may know: our own errors as they are, a fault as an id."""
    origin = error.original_error
    code = (error.extensions or {}).get("code")
    extensions = {"code": code or "BAD_USER_INPUT", "requestId": request_id}
    if origin is None or isinstance(origin, ClientError) or error.path is None:
        return _with(error, error.message, extensions)
    _log.error(
        "graphql.fault",
        request_id=request_id,
        path=error.path.as_list() if hasattr(error.path, "as_list") else error.path,
        exc_info=origin,
    )
    return _with(error, "Something went wrong.", extensions | {"code": "INTERNAL"})


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    return _with(error, error.message, {"code": code})


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _unclean(variables: object) -> list[GraphQLError]:
    """Refuse what a database text cannot hold, wherever it hides in the variables."""
    waiting = [variables]
    while waiting:
        given = waiting.pop()
        if isinstance(given, str) and not _is_clean(given):
            message = "Control characters are not text."
            return [GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})]
        if isinstance(given, dict):
            waiting.extend(given.values())
        elif isinstance(given, list):
            waiting.extend(given)
    return []


def _is_clean(text: str) -> bool:
    return not any((c < " " and c not in "\t\n\r") or "\ud800" <= c <= "\udfff" for c in text)
