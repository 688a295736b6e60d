"""Draft: a document on its way to being published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Actor, Refusal


class DraftUnknown(Refusal):
    """There is no such draft."""

    code = "DRAFT_UNKNOWN"


class DraftNotOpen(Refusal):
    """The draft is published already, or another one has taken its place."""

    code = "DRAFT_NOT_OPEN"


class OperatorsOnly(Refusal):
    """Tariffs are proposed and published by operators, each with a name."""

    code = "OPERATORS_ONLY"


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed document. `state`: OPEN, SUPERSEDED (proposed anew) or PUBLISHED.

    `proposed_by` and `decided_by` are actors as the audit writes them.
    """

    id: int
    code: str
    version: str
    document: Any
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None


def refuse_others(actor: Actor) -> None:
    if actor.kind != "OPERATOR" or not actor.id:
        raise OperatorsOnly(actor=str(actor))
