"""A fact, and how many of them wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact that a relay may hand out; `lease` is the token that the job starts it with."""

    id: int
    topic: str
    lease: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has become true and wants its effect; `attempts` counts this start too."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Buried:
    """A fact that was put aside, and why."""

    id: int
    topic: str
    payload: dict[str, Any]
    created_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How many facts wait for their effect (leased ones included), and how many are buried."""

    waiting: int
    dead: int
