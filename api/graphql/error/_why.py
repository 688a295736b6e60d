"""The reason that an operator gives for an act."""

from ._error import Declined

WHY_MAX = 200
WHY = "The reason, 200 characters at most; it is kept with the act."


def why_of(given: str, *, field: str) -> str:
    """Return the reason; refuses WHY_MISSING and TEXT_TOO_LONG."""
    why = given.strip()
    if not why or len(why) > WHY_MAX:
        raise Declined("TEXT_TOO_LONG" if why else "WHY_MISSING", field=field)
    return why
