"""Column types: what a column means is said once, here. The unit is in the column's name."""

from datetime import date, datetime
from typing import Any, cast

from tortoise import fields
from tortoise.fields.base import Field


def key() -> Field[int]:
    """Return a generated bigint primary key."""
    return cast("Field[int]", fields.BigIntField(primary_key=True))


def ref(*, unique: bool = False) -> Field[int]:
    """Return a reference to another room's row; the foreign key itself stands in a migration."""
    return cast("Field[int]", fields.BigIntField(unique=unique))


def optional_ref() -> Field[int | None]:
    """Return a reference that may be empty."""
    return cast("Field[int | None]", fields.BigIntField(null=True))


def whole(default: int | None = None) -> Field[int]:
    """Return a bigint: fen, Wh, W, counts."""
    if default is None:
        return cast("Field[int]", fields.BigIntField())
    return cast("Field[int]", fields.BigIntField(default=default, db_default=default))


def optional_whole() -> Field[int | None]:
    """Return a bigint that may be empty."""
    return cast("Field[int | None]", fields.BigIntField(null=True))


def text(length: int = 200, *, unique: bool = False, default: str | None = None) -> Field[str]:
    """Return a bounded text."""
    if default is None:
        return fields.CharField(max_length=length, unique=unique)
    return fields.CharField(max_length=length, unique=unique, default=default, db_default=default)


def optional_text(length: int = 200, *, unique: bool = False) -> Field[str | None]:
    """Return a bounded text that may be empty."""
    return cast("Field[str | None]", fields.CharField(max_length=length, unique=unique, null=True))


def moment() -> Field[datetime]:
    """Return a moment (timestamptz)."""
    return cast("Field[datetime]", fields.DatetimeField())


def optional_moment() -> Field[datetime | None]:
    """Return a moment that may be empty."""
    return cast("Field[datetime | None]", fields.DatetimeField(null=True))


def day() -> Field[date]:
    """Return a calendar day in the account's zone."""
    return fields.DateField()


def optional_day() -> Field[date | None]:
    """Return a calendar day that may be empty."""
    return cast("Field[date | None]", fields.DateField(null=True))


def flag(*, default: bool = False) -> Field[bool]:
    """Return a yes or no."""
    return cast("Field[bool]", fields.BooleanField(default=default, db_default=default))


def document() -> Field[Any]:
    """Return a JSON document."""
    return cast("Field[Any]", fields.JSONField())
