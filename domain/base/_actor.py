"""Who does it."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["CUSTOMER", "INSPECTOR", "OPERATOR", "CHANNEL", "METER", "SYSTEM"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, channel, meter or process that asks for an act; goes into the audit."""

    kind: ActorKind
    id: int | str = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor("SYSTEM")
