"""Tariff documents for tests: what each needs, around the charges that a test is about."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain import rating, tariff

FIRST_DAY = date(2026, 5, 1)
UNTIL = date(2026, 6, 1)

POWER_FACTOR = {
    "0.90": {
        "standard": "0.90",
        "rewards": [{"to": "0.95", "percent": "0.15"}],
        "penalties": [
            {"to": "0.70", "percent": "0.5"},
            {"to": "0.65", "percent": "1"},
            {"to": "0.00", "percent": "2"},
        ],
    },
    "0.85": {
        "standard": "0.85",
        "rewards": [{"to": "0.90", "percent": "0.1"}, {"to": "0.94", "percent": "0.15"}],
        "penalties": [
            {"to": "0.65", "percent": "0.5"},
            {"to": "0.60", "percent": "1"},
            {"to": "0.00", "percent": "2"},
        ],
    },
    "0.80": {
        "standard": "0.80",
        "rewards": [{"to": "0.90", "percent": "0.1"}, {"to": "0.92", "percent": "0.15"}],
        "penalties": [
            {"to": "0.60", "percent": "0.5"},
            {"to": "0.55", "percent": "1"},
            {"to": "0.00", "percent": "2"},
        ],
    },
}


def document(*charges: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document with these charges; a charge without a line is called by its kind."""
    rounding = {"line": {"step": "0.01", "mode": "half_up"}, **more.pop("rounding", {})}
    return {
        "format": "feikong-tariff/1",
        "code": "under-test",
        "version": "1",
        "name": "under test",
        "customer": "any",
        "valid_from": "2000-01-01",
        "currency": {"code": "CNY", "digits": 2},
        "source": {"title": "a test", "date": "2026-01-01"},
        "rounding": rounding,
        "charges": [{"line": charge["kind"], **charge} for charge in charges],
        **more,
    }


def schedule(*periods: str) -> list[dict[str, Any]]:
    """Return a schedule that gives each period some hours; which ones no rating asks."""
    hours = [f"{2 * i:02}:00-{2 * i + 2:02}:00" for i in range(len(periods))]
    hours[-1] = hours[-1][:6] + "24:00"
    return [{"periods": {period: [each] for period, each in zip(periods, hours, strict=True)}}]


def terms(
    *charges: dict[str, Any],
    first_day: date = FIRST_DAY,
    until: date = UNTIL,
    holder: rating.Holder | None = None,
    **more: Any,
) -> rating.Terms:
    read = tariff.tariff_of(document(*charges, **more))
    return rating.terms_of(read, first_day=first_day, until=until, holder=holder or rating.Holder())


def fen(text: str) -> int:
    return int(Decimal(text) * 100)


def wh(kwh: str) -> int:
    return int(Decimal(kwh) * 1000)


def used(kwh: str = "0", *, before: str = "0", **more: Any) -> rating.Consumption:
    """Return a consumption whose energy is all in the period `flat`."""
    return rating.Consumption((0, 0, wh(kwh), 0, 0), wh(before), **more)


def used_by_period(kwh: dict[str, str], *, before: str = "0", **more: Any) -> rating.Consumption:
    energies = [wh(kwh.get(period, "0")) for period in tariff.PERIODS]
    return rating.Consumption(tuple(energies), wh(before), **more)
