"""Service facts: what a large customer has contracted."""

from dataclasses import dataclass
from datetime import date

from domain.base import Refusal


class ServiceFactsRefused(Refusal):
    """Capacity and declared demand are not negative."""

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
