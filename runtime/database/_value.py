"""Values that no column takes: what somebody typed was too long, too large, or no text."""

import asyncpg
from tortoise.exceptions import ValidationError

_SAID_SO = (
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.NumericValueOutOfRangeError,
    asyncpg.StringDataRightTruncationError,
)


class UnfitValue(Exception):
    """A value does not fit where it is to be kept or looked for; the message is one line."""


def unfit_value(failed: Exception) -> UnfitValue | None:
    """Return what failed as an UnfitValue; None where something else was wrong."""
    cause = failed.__cause__ or failed
    by_driver = type(cause) is asyncpg.DataError  # before it asks: 2**63, a lone surrogate
    if isinstance(failed, ValidationError) or isinstance(cause, _SAID_SO) or by_driver:
        return UnfitValue(str(failed).partition("\n")[0])
    return None
