"""Figures: whole numbers as people read them; nothing is rounded here that was not before."""

from datetime import date, timedelta

_PRICE_DIGITS = 8
_SHOWN_DIGITS = 4


def money(fen: int, digits: int) -> str:
    """Return an amount with its decimals, thousands apart."""
    return _decimal(fen, digits, digits, apart=True)


def energy(wh: int) -> str:
    """Return kWh; decimals only where there are some."""
    return _decimal(wh, 3, 0, apart=True)


def quantity(thousandths: int) -> str:
    return _decimal(thousandths, 3, 0, apart=True)


def price(units: int) -> str:
    """Return a unit price with at least four decimals, and as many as it has."""
    return _decimal(units, _PRICE_DIGITS, _SHOWN_DIGITS)


def percent(units: int) -> str:
    return f"{_decimal(units, 6, 0)}%"


def day_before(day: date) -> date:
    """Return the last day of a period that ends before `day`."""
    return day - timedelta(days=1)


def _decimal(value: int, digits: int, least: int, *, apart: bool = False) -> str:
    whole, rest = divmod(abs(value), 10**digits)
    decimals = f"{rest:0{digits}}" if digits else ""
    kept = decimals[:least] + decimals[least:].rstrip("0")
    text = f"{whole:,}" if apart else str(whole)
    sign = "−" if value < 0 else ""
    return f"{sign}{text}.{kept}" if kept else f"{sign}{text}"
