"""Telling: the SQL of a field whose whole answer PostgreSQL writes as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from graphql.execution.values import VariableValues

from api.graphql.field import At, Context, Rows, check
from auth import Rule
from domain.base import Question, side_by_side


class Asked(NamedTuple):
    """What a resolver is told about its request."""

    context: Context
    needed: frozenset[str] | None


class Part(NamedTuple):
    """A field of what is told: its rule, its rows, where the row stands that they belong to, and
    which of their columns are looked at.
    """

    rule: Rule
    rows: Rows | At
    owner: str
    needed: frozenset[str]
    arguments: Callable[[VariableValues], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Telling:
    """The SQL of a field, with a place for the query of each part."""

    text: str
    parts: tuple[Part, ...]

    def question(self, context: Context, variables: VariableValues) -> Question | None:
        """Return what to ask; None where a rule or an argument forbids some of it."""
        texts: list[str] = []
        values: list[object] = []
        try:
            for rule, rows, owner, needed, arguments in self.parts:
                check(context, rule)
                found = rows.find(Asked(context, needed), owner, **arguments(variables))
                texts.append(found.sql)
                values += found.values
        except Exception:  # ruff: ignore[blind-except] -- it shall fail where the field stands
            return None
        return Question(_whole(self.text, tuple(texts)), tuple(values))


@lru_cache(512)
def _whole(text: str, queries: tuple[str, ...]) -> str:
    return f"select {text.format(*side_by_side(queries))}"
