"""Scalars and the two quantities: money and energy, exact, as decimal strings; days and moments."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from operator import methodcaller
from typing import NewType, TypeVar, cast
from uuid import UUID

import strawberry

from api.graphql.error import Declined
from api.graphql.field import Constant, alike, told
from runtime.settings import settings

Decimal = NewType("Decimal", str)
T = TypeVar("T", date, datetime)

_FORM = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


def _parsed(given: object) -> Decimal:
    if not isinstance(given, str) or not _FORM.fullmatch(given):
        raise ValueError('Decimal must be a string such as "12.34"')
    return Decimal(given)


DECIMAL = strawberry.scalar(
    name="Decimal",
    description='An exact decimal number as a string, such as "12.34"; never a float.',
    serialize=str,
    parse_value=_parsed,
)


# What lies further off is a mistake, and has no room to be counted on from.
_YEARS = range(1900, 3000)
_isoformat = methodcaller("isoformat")


def _of_iso(read: Callable[[str], T], given: object) -> T | None:
    # What Python says of a bad one repeats it.
    with suppress(ValueError):
        return read(given) if isinstance(given, str) else None
    return None


def _day(given: object) -> date:
    found = _of_iso(date.fromisoformat, given)
    if found is None or found.year not in _YEARS:
        raise ValueError('Date must be a day from 1900 to 2999, such as "2026-03-01"')
    return found


def _moment(given: object) -> datetime:
    found = _of_iso(datetime.fromisoformat, given)
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        raise ValueError(
            "DateTime must be a moment from 1900 to 2999 with its offset,"
            ' such as "2026-03-01T08:00:00+08:00"'
        )
    return found


DATE = strawberry.scalar(
    name="Date",
    description='A day of the years 1900 to 2999, such as "2026-03-01".',
    serialize=_isoformat,
    parse_value=_day,
)
DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment of the years 1900 to 2999 with its offset, such as"
    ' "2026-03-01T08:00:00+08:00".',
    serialize=_isoformat,
    parse_value=_moment,
)


UUID_TEXT = strawberry.scalar(
    name="UUID",
    description='A UUID as text, such as "5f0c8a1e-3a86-4c9e-9d6b-0d2f6c7e8a90".',
    serialize=str,
    parse_value=UUID,
)


def _decimals_sql(digits: int) -> str:
    return f"{{}} * {'0.' + '1'.zfill(digits) if digits else 1}"


@cache
def decimals(digits: int) -> Callable[[int], Decimal]:
    """Return what tells whole numbers of the last of `digits` decimals; thousands of them."""
    whole = 10**digits if digits else 10**30

    @alike(_decimals_sql(digits))
    def told(units: int) -> Decimal:
        text = str(units)
        if units >= whole:
            return f"{text[:-digits]}.{text[-digits:]}"  # type: ignore[return-value]
        if units < 0:
            return Decimal(f"-{told(-units)}")
        if not digits:
            return Decimal(text)
        return Decimal(f"0.{text.zfill(digits)}")

    return told


@strawberry.type(description="An amount of money.")
class Money:
    """Behind it stands the amount in minor units."""

    amount: Decimal = told(
        "",
        settle=lambda: decimals(settings().minor_digits),
        description="The amount in units of the currency.",
    )
    currency: str = told(
        "",
        settle=lambda: Constant(settings().currency),
        description="ISO 4217 code of the currency, such as CNY.",
    )


def money(fen: int) -> Money:
    """Return minor units as money: the number itself, told when it is asked for."""
    return cast("Money", fen)


def fen(amount: str) -> int:
    """Return an amount as whole minor units; refuses AMOUNT_INVALID where it has finer parts."""
    digits = settings().minor_digits
    whole, _, part = amount.partition(".")
    if not _FORM.fullmatch(amount) or part[digits:].strip("0"):
        raise Declined("AMOUNT_INVALID", field="amount")
    return int(whole + part[:digits].ljust(digits, "0"))


def wh(energy: str, *, field: str) -> int:
    """Return kWh as whole Wh; refuses ENERGY_INVALID where it is negative or has finer parts."""
    whole, _, part = energy.partition(".")
    if not _FORM.fullmatch(energy) or energy.startswith("-") or part[3:].strip("0"):
        raise Declined("ENERGY_INVALID", field=field)
    return int(whole + part[:3].ljust(3, "0"))


def decimal(units: int, digits: int) -> Decimal:
    """Return a whole number of the last of `digits` decimals as a decimal."""
    return decimals(digits)(units)


kwh = decimals(3)
"""Return Wh as kWh."""
