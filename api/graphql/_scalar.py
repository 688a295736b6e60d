"""Scalars and the two quantities: money and energy, exact, as decimal strings."""

import re
from typing import NewType, cast
from uuid import UUID

import strawberry

from runtime.settings import settings

from ._error import Declined
from ._told import told

Decimal = NewType("Decimal", str)

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


UUID_TEXT = strawberry.scalar(
    name="UUID",
    description='A UUID as text, such as "5f0c8a1e-3a86-4c9e-9d6b-0d2f6c7e8a90".',
    serialize=str,
    parse_value=UUID,
)


def _amount(fen: int) -> Decimal:
    return decimal(fen, settings().minor_digits)


def _currency(_: int) -> str:
    return settings().currency


@strawberry.type(description="An amount of money.")
class Money:
    amount: Decimal = told("", _amount, description="The amount in units of the currency.")
    currency: str = told("", _currency, description="ISO 4217 code of the currency, such as CNY.")


def money(fen: int) -> Money:
    """Return minor units as money: the number itself, told when it is asked for."""
    return cast("Money", fen)


def kwh(energy_wh: int) -> Decimal:
    """Return Wh as kWh."""
    return decimal(energy_wh, 3)


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
    if units < 0:
        return Decimal(f"-{decimal(-units, digits)}")
    if not digits:
        return Decimal(str(units))
    text = str(units)
    if len(text) <= digits:
        text = text.zfill(digits + 1)
    return Decimal(f"{text[:-digits]}.{text[-digits:]}")
