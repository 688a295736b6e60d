"""Service facts: what a large customer has contracted."""

from dataclasses import dataclass
from datetime import date

from domain.base import Refusal

LARGEST = 10**12
"""VA or W: more than any grid has. What is charged for it fits into a bigint."""


class ServiceFactsRefused(Refusal):
    """Capacity and declared demand are not negative, and at most a million MVA or MW."""

    code = "SERVICE_FACTS_REFUSED"


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """Transformer capacity (受电容量) in VA and declared maximum demand (核定需量) in W."""

    capacity_va: int = 0
    declared_w: int = 0


@dataclass(frozen=True, slots=True)
class Stated:
    """Service facts that hold from a day on, until others are stated."""

    since: date
    facts: ServiceFacts
