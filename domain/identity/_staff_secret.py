"""What staff prove themselves by: a password and a second factor."""

from dataclasses import dataclass

from ._person import Person


@dataclass(frozen=True, slots=True)
class StaffSecret:
    """An inspector or operator who can sign in, the hash of the password, the TOTP secret."""

    person: Person
    password_hash: str
    totp_secret: str
