"""A session, and whose it is."""

from dataclasses import dataclass
from datetime import datetime

from ._person import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """A device as a request shows it: the thumbprint of its key (RFC 7638), and its name."""

    thumbprint: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What an access token tells of a session.

    `proven_at` is when a second factor was given last. `bound_to` is the thumbprint of an enrolled
    device's key, without which the session's tokens are worth nothing.
    """

    session_id: int
    person: Person
    proven_at: datetime | None = None
    bound_to: str | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A signed-in device as its person sees it; `bound`: its tokens need the device's key."""

    id: int
    device: str
    bound: bool
    created_at: datetime
    used_at: datetime
