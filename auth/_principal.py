"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import Actor
from domain.identity import Role, Sight


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person as the access token tells: nothing is looked up per request."""

    kind: Role
    person_id: int
    district_id: int | None
    session_id: int
    locale: str
    expires_at: datetime

    @property
    def sight(self) -> Sight:
        """Return what this principal may see: every query of the API is narrowed by it."""
        return Sight(self.kind, self.person_id, self.district_id)

    @property
    def actor(self) -> Actor:
        """Return the principal as the domain records it."""
        return Actor(self.kind, self.person_id)
