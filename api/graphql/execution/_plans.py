"""Which plan an operation has: the plans of a process, bounded."""

from collections import OrderedDict
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues, get_variable_values
from strawberry import Schema

from ._plan import NO_VARIABLES, NotPlain, Plan, Source, choosing
from ._write import compiled

_PLANS_MAX = 512


class Known(NamedTuple):
    """What is known of a query before its variables are."""

    name: str | None
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    choosing: tuple[str, ...]


class Plans:
    """The plans of a process; the one that was not used for longest makes room.

    An operation is compiled when it comes for the second time: what comes once is cheaper as it is.
    """

    def __init__(self, schema: Schema, *, after: int = 1) -> None:
        self.schema = schema
        self.after = after
        self._known: OrderedDict[Any, Known | None] = OrderedDict()
        self._plans: OrderedDict[Any, Plan | int | None] = OrderedDict()

    def known(self, text: str, document: DocumentNode, name: str | None) -> Known | None:
        """Return what is known of the operation; None where it is none that can be planned."""
        key = text, name
        if key in self._known:
            self._known.move_to_end(key)
        else:
            self._known[key] = _known(document, name)
            _bounded(self._known)
        return self._known[key]

    def plan(self, text: str, known: Known, variables: VariableValues) -> Plan | None:
        """Return the plan for what the variables choose, None where there is none (yet)."""
        chosen = tuple([variables.coerced.get(name) for name in known.choosing])
        key = text, known.name, chosen
        found = self._plans.get(key, 0)
        if isinstance(found, int):
            found = found + 1 if found < self.after else self._compiled(known, variables)
            self._plans[key] = found
            _bounded(self._plans)
        else:
            self._plans.move_to_end(key)
        return None if isinstance(found, int) else found

    def _compiled(self, known: Known, variables: VariableValues) -> Plan | None:
        try:
            return compiled(Source(self.schema, known.operation, known.fragments, variables))
        except (NotPlain, GraphQLError):  # a condition is null: the stock executor says where
            return None


def _bounded(kept: OrderedDict[Any, Any]) -> None:
    if len(kept) > _PLANS_MAX:
        kept.popitem(last=False)


def _known(document: DocumentNode, name: str | None) -> Known | None:
    operation = get_operation_ast(document, name)
    if operation is None or operation.operation is not OperationType.QUERY or operation.directives:
        return None
    fragments = {
        each.name.value: FragmentDetails(each)
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    parts = [operation, *(each.definition for each in fragments.values())]
    return Known(name, operation, fragments, tuple(sorted(choosing(parts))))


def planned(
    plans: Plans, text: str, document: DocumentNode, name: str | None, given: dict[str, Any] | None
) -> tuple[Plan, VariableValues] | None:
    """Return the plan of the operation and its variables; None: the stock executor is to run it."""
    known = plans.known(text, document, name)
    if known is None:
        return None
    variables = NO_VARIABLES
    if known.operation.variable_definitions:
        kinds = plans.schema._schema  # ruff: ignore[private-member-access]
        found = get_variable_values(kinds, known.operation.variable_definitions, given or {})
        if isinstance(found, list):
            return None
        variables = found
    plan = plans.plan(text, known, variables)
    return None if plan is None else (plan, variables)
