"""Telling: the SQL of a field whose whole answer PostgreSQL writes as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from graphql.execution.values import VariableValues

from api.graphql.field import Context, Rows, check
from auth import Rule
from domain.base import Question, side_by_side


class Asked(NamedTuple):
    """What a resolver is told about its request."""

    context: Context
    needed: frozenset[str] | None


class Part(NamedTuple):
    """A query of what is told: where the row stands that its rows belong to, and which of their
    columns are looked at.
    """

    rows: Rows
    owner: str
    needed: frozenset[str]
    arguments: Callable[[VariableValues], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Telling:
    """The SQL of a field, with a place for each query; and the rules that it has to keep."""

    text: str
    parts: tuple[Part, ...]
    rules: tuple[Rule, ...]

    def question(self, context: Context, variables: VariableValues) -> Question | None:
        """Return what to ask; None where a rule or an argument forbids some of it."""
        texts: list[str] = []
        values: list[object] = []
        try:
            for rule in self.rules:
                check(context, rule)
            for rows, owner, needed, arguments in self.parts:
                sql, more = rows.find(Asked(context, needed), owner, **arguments(variables))
                texts.append(sql)
                values += more
        except Exception:  # ruff: ignore[blind-except] -- it shall fail where the field stands
            return None
        return Question(_whole(self.text, tuple(texts)), tuple(values))


@lru_cache(512)
def _whole(text: str, queries: tuple[str, ...]) -> str:
    return f"select {text.format(*side_by_side(queries))}"
