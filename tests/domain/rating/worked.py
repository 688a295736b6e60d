"""What a worked case needs to be said in a line: charges, use, and who is charged."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain import rating, tariff

from .answers import yuan
from .documents import document, schedule, used_by_period

Charge = dict[str, Any]


def bill(
    charges: str | list[Charge],
    kwh: str | dict[str, str] = "0",
    *,
    days: str = "2026-05-01/2026-06-01",
    before: str = "0",
    holds: dict[str, int] | None = None,
    service: dict[str, Any] | None = None,
    **holder: Any,
) -> rating.Charges:
    """Rate the use under these charges, or under the shipped tariff of that name.

    `kwh` without a period is all flat; `holds` are entitlements by name, with their counts.
    """
    first_day, until = map(date.fromisoformat, days.split("/"))
    held = tuple(rating.Entitlement(name, date(2000, 1, 1), count=n) for name, n in _items(holds))
    terms = rating.terms_of(
        tariff.tariff_of(tariff.catalogued(charges) if isinstance(charges, str) else made(charges)),
        first_day=first_day,
        until=until,
        holder=rating.Holder(entitlements=held, **holder),
    )
    by_period = {"flat": kwh} if isinstance(kwh, str) else kwh
    return rating.rate(terms, used_by_period(by_period, before=before, **(service or {})))


def made(charges: list[Charge], **more: Any) -> dict[str, Any]:
    """Return a document with a schedule of the periods that the charges price, if they do."""
    rows = [row for each in charges for row in _rows(each)]
    if rows and "schedule" not in more:
        more["schedule"] = schedule(*rows[0])
    return document(*charges, **more)


def says(charges: rating.Charges) -> dict[str, Decimal]:
    """Return what each line of the document comes to, and their total."""
    found: dict[str, Decimal] = {}
    for line in charges.lines:
        found[line.line] = found.get(line.line, Decimal(0)) + yuan(line.amount_fen)
    return found | {"total": yuan(charges.total_fen)}


def fits(charges: rating.Charges, expected: str | dict[str, str]) -> bool:
    """Tell whether the total, or each line that is named, is what is expected."""
    wanted = {"total": expected} if isinstance(expected, str) else expected
    found = says(charges)
    return {name: found[name] for name in wanted} == {k: Decimal(v) for k, v in wanted.items()}


def _rows(charge: Charge) -> list[dict[str, Any]]:
    if charge["kind"] == "matrix":
        return list(charge["prices"])
    if charge["kind"] == "energy" and "price" not in charge:
        return [charge.get("prices") or charge["ratios"]]
    return []


def _items(holds: dict[str, int] | None) -> list[tuple[str, int]]:
    return sorted((holds or {}).items())
