"""Answers as cases write them: kWh and money as decimals, lines as dictionaries."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain import rating, tariff

Case = dict[str, Any]
Found = dict[str, Any]


def lines(charges: rating.Charges | rating.Purchase, line: str | None = None) -> list[Found]:
    return [
        {
            "kwh": Decimal(each.quantity) / 1000,
            "price": Decimal(each.price) / 10**8,
            "amount": Decimal(each.amount_fen) / 100,
        }
        for each in charges.lines
        if line is None or each.line == line
    ]


def yuan(amount_fen: int) -> Decimal:
    return Decimal(amount_fen) / 100


def kwh(energy_wh: int) -> Decimal:
    return Decimal(energy_wh) / 1000


def shipped(name: str, day: date) -> rating.Terms:
    return rating.terms_of(tariff.tariff_of(tariff.catalogued(name)), first_day=day)


def tiers(limits: list[str], prices: list[str], months: int = 1, **more: Any) -> dict[str, Any]:
    cycle = {"months": months}
    return {"kind": "tiers", "cycle": cycle, "limits": [{"kwh": limits}], "prices": prices, **more}
