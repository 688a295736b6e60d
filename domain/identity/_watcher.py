"""Somebody who watches an account."""

from dataclasses import dataclass
from datetime import datetime

from ._right import AccessRole


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person with access to an account, and the role that decides what it gives.

    `is_guest`: another customer let them in by their phone number, and is not to learn by it whose
    that is.
    """

    person_id: int
    name: str
    phone: str
    role: AccessRole
    granted_at: datetime
    is_guest: bool

    @property
    def masked_phone(self) -> str:
        """Return as much of the phone number as its owner is known by."""
        return f"{self.phone[:3]}****{self.phone[-4:]}"
