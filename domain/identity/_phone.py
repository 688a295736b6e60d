"""A phone number as people type it, and as it is kept."""

import re

from domain.base import Refusal

_CHINESE_MOBILE = re.compile(r"(?:\+|00)86(1[3-9][0-9]{9})")
_DIGITS = re.compile(r"\+?[0-9]{6,15}")  # E.164 has at most 15


class PhoneInvalid(Refusal):
    """This is not a phone number: 6 to 15 digits, with or without a leading +."""

    code = "PHONE_INVALID"


def plain_phone(typed: str) -> str:
    """Return a phone number without spaces and dashes. Refusals: PhoneInvalid.

    A Chinese mobile number loses its country code, which phones like to fill in: it is the same
    number with and without.
    """
    phone = typed.replace(" ", "").replace("-", "")
    if mobile := _CHINESE_MOBILE.fullmatch(phone):
        return mobile[1]
    if not _DIGITS.fullmatch(phone):
        raise PhoneInvalid
    return phone
