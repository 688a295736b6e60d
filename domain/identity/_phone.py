"""A phone number as people type it, and as it is kept."""

import re

from domain.base import Refusal

_DIGITS = re.compile(r"\+?[0-9]{6,15}")  # E.164 has at most 15


class PhoneInvalid(Refusal):
    """This is not a phone number: 6 to 15 digits, with or without a leading +."""

    code = "PHONE_INVALID"


def plain_phone(typed: str) -> str:
    """Return a phone number without spaces and dashes. Refusals: PhoneInvalid."""
    phone = typed.replace(" ", "").replace("-", "")
    if not _DIGITS.fullmatch(phone):
        raise PhoneInvalid
    return phone
