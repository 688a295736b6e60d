"""Telling: the SQL of a field whose whole answer PostgreSQL writes as JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from graphql.execution.values import VariableValues

from api.graphql.field import Context, Rows, check
from api.graphql.node import FIRST_DEFAULT
from auth import Rule
from domain.base import Question, side_by_side


class Asked(NamedTuple):
    """What a resolver is told about its request."""

    context: Context
    needed: frozenset[str] | None
    one_more: bool = False


class Part(NamedTuple):
    """A query of what is told: where the row stands that its rows belong to, and which of their
    columns are looked at. Of one that is `paged` is told where the page stands in its list.
    """

    rows: Rows
    owner: str
    needed: frozenset[str]
    arguments: Callable[[VariableValues], dict[str, Any]]
    paged: bool = False

    @property
    def places(self) -> int:
        """Return how many places it takes: for the query, the page's size, if it is behind any."""
        return 3 if self.paged else 1

    def asked(
        self, context: Context, variables: VariableValues
    ) -> tuple[Sequence[str], Sequence[object]]:
        """Return what stands in its places, and the values that it asks with."""
        given = self.arguments(variables)
        sql, values = self.rows.find(Asked(context, self.needed, self.paged), self.owner, **given)
        if not self.paged:
            return [sql], values
        size, is_behind = given.get("first", FIRST_DEFAULT), given.get("after") is not None
        return [sql, "$1::int", "$1::bool"], [*values, size, is_behind]


@dataclass(frozen=True, slots=True)
class Telling:
    """The SQL of a field, with a place for each query; and the rules that it has to keep."""

    text: str
    parts: tuple[Part, ...]
    rules: tuple[Rule, ...]

    def question(self, context: Context, variables: VariableValues) -> Question | None:
        """Return what to ask; None where a rule or an argument forbids some of it."""
        try:
            for rule in self.rules:
                check(context, rule)
            asked = [part.asked(context, variables) for part in self.parts]
        except Exception:  # ruff: ignore[blind-except] -- it shall fail where the field stands
            return None
        texts = tuple([text for texts, _ in asked for text in texts])
        return Question(_whole(self.text, texts), tuple([v for _, values in asked for v in values]))


@lru_cache(512)
def _whole(text: str, queries: tuple[str, ...]) -> str:
    return f"select {text.format(*side_by_side(queries))}"
