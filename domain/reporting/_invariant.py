"""A rule that must hold on live data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule, and the statement that returns one row (checked, breaches)."""

    code: str
    sentence: str
    sql: str
