"""Identity: people, their devices' sessions, one-time codes, and the keys that sign tokens.

Its times are wall times. Secrets arrive as hashes: what makes and compares them is `auth`, and the
edge that asks for a code also queues its message, for `notification` stands above this room.
"""

from ._end_session import end_session
from ._end_sessions import end_sessions
from ._enrol import enrol
from ._grant_access import grant_access
from ._open_session import open_session
from ._person import Person, Role, Sight
from ._queries import person_by_phone, person_of
from ._redeem_code import ATTEMPTS_MAX, CodeRejected, redeem_code
from ._remember_code import (
    CODE_LIFE,
    PER_ADDRESS_MAX,
    PER_PHONE_MAX,
    CodeAsked,
    TooManyCodes,
    remember_code,
)
from ._rotate import SessionEnded, SignedIn, rotate
from ._signing_keys import signing_keys

__all__ = [
    "ATTEMPTS_MAX",
    "CODE_LIFE",
    "PER_ADDRESS_MAX",
    "PER_PHONE_MAX",
    "CodeAsked",
    "CodeRejected",
    "Person",
    "Role",
    "SessionEnded",
    "Sight",
    "SignedIn",
    "TooManyCodes",
    "end_session",
    "end_sessions",
    "enrol",
    "grant_access",
    "open_session",
    "person_by_phone",
    "person_of",
    "redeem_code",
    "remember_code",
    "rotate",
    "signing_keys",
]
