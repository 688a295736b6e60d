"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import Actor
from domain.identity import Role, Sight


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person as the access token tells: nothing is looked up per request.

    `proven_at` is when a second factor was given last, `bound_to` the thumbprint of the device
    key without whose proof the token is worth nothing; None: neither.
    """

    kind: Role
    person_id: int
    district_id: int | None
    session_id: int
    locale: str
    expires_at: datetime
    proven_at: datetime | None = None
    bound_to: str | None = None

    @property
    def sight(self) -> Sight:
        """Return what this principal may see: every query of the API is narrowed by it."""
        return Sight(self.kind, self.person_id, self.district_id)

    @property
    def actor(self) -> Actor:
        """Return the principal as the domain records it."""
        return Actor(self.kind, self.person_id)

    def is_proven(self, *, within: timedelta, wall: datetime) -> bool:
        """Tell whether the second factor was given lately."""
        return self.proven_at is not None and wall - self.proven_at <= within
