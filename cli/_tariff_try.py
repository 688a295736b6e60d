"""`feikong tariff try`: rate what is said on the command line under a document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import starmap
from typing import Any, NoReturn

import typer

from domain import rating
from domain.rating import ChargeLine
from domain.tariff import PERCENT_DIGITS, PERIODS, PRICE_DIGITS, QUANTITY_DIGITS, Tariff

_DAYS = ("since", "until", "served_from", "served_until", "period_from")
_KWH = ("kwh", *PERIODS, "before", "bought", "free")
_WHOLE_FACTOR = 100
_SIZES = ("kva", "declared_kw", "demand_kw", "kvarh", "kvarh_back", "power_factor")
_COUNTS = ("standing_days", "months_due")
_NAMED = ("held", "given", "given_kwh")
KNOWN = (*_DAYS, *_KWH, *_SIZES, "money", *_COUNTS, *(f"{name}.NAME" for name in _NAMED))


@dataclass(frozen=True, slots=True)
class Said:
    """Facts as they were said, `name=value`; those of a family stand under `family.name`."""

    by_name: Mapping[str, str]

    def of(self, family: str) -> list[tuple[str, str]]:
        start = f"{family}."
        found = self.by_name.items()
        return [(name.removeprefix(start), text) for name, text in found if name.startswith(start)]

    def whole(self, name: str, digits: int, default: str = "0") -> int:
        """Return a decimal in whole units of 10**-digits."""
        found = _whole(name, self.by_name.get(name, default), digits)
        return found if found >= 0 else _refuse(f"{name}={self.by_name[name]}", "is negative")

    def day(self, name: str) -> date | None:
        text = self.by_name.get(name)
        return None if text is None else _day(name, text)


def said(facts: Iterable[str]) -> Said:
    """Read `name=value` facts; ends the command where nobody knows such a name."""
    found: dict[str, str] = {}
    for fact in facts:
        name, equals, text = fact.partition("=")
        family, _, line = name.partition(".")
        if not equals or not (name in KNOWN or (line and family in _NAMED)):
            _refuse(fact, f"is none of {', '.join(f'{known}=' for known in KNOWN)}")
        if name in found:
            _refuse(fact, "is said twice")
        found[name] = text
    return Said(found)


def tried(tariff: Tariff, facts: Said) -> dict[str, Any]:
    """Return what the document makes of the facts, as JSON values.

    Refusals: PeriodNeedsCut and what else rating refuses.
    """
    first_day = facts.day("since") or tariff.valid_from
    until = facts.day("until") or (first_day.replace(day=1) + timedelta(32)).replace(day=1)
    if until <= first_day:
        raise typer.BadParameter(f"until={until} is not after since={first_day}")
    terms = rating.terms_of(tariff, first_day=first_day, until=until, holder=_holder(facts))
    told: dict[str, Any] = {"since": first_day, "until": until}
    if terms.limits:
        told["limits_kwh"] = [_shown(wh, QUANTITY_DIGITS) for wh in terms.limits]
    if tariff.basis == "purchase":
        return told | _bought(terms, facts)
    charges = rating.rate(terms, _consumption(facts, tariff))
    return told | {
        "lines": [_line(line, tariff.digits) for line in charges.lines],
        "charged_kwh": _shown(charges.charged_wh, QUANTITY_DIGITS),
        "total": _shown(charges.total_fen, tariff.digits),
    }


def _bought(terms: rating.Terms, facts: Said) -> dict[str, Any]:
    digits = terms.tariff.digits
    before = rating.Before(
        facts.whole("bought", QUANTITY_DIGITS),
        facts.whole("free", QUANTITY_DIGITS),
        facts.whole("standing_days", 0),
        facts.whole("months_due", 0, "1"),
        tuple((line, _whole(line, text, digits)) for line, text in facts.of("given")),
    )
    bought = rating.purchase(terms, facts.whole("money", digits), before=before)
    return {
        "lines": [_line(line, digits) for line in bought.lines],
        "energy_kwh": _shown(bought.energy_wh, QUANTITY_DIGITS),
        "average_price": _shown(bought.average_price, PRICE_DIGITS),
        "total": _shown(sum(line.amount_fen for line in bought.lines), digits),
    }


def _consumption(facts: Said, tariff: Tariff) -> rating.Consumption:
    sharp, peak, flat, valley, deep = (facts.whole(name, QUANTITY_DIGITS) for name in PERIODS)
    flat += facts.whole("kwh", QUANTITY_DIGITS)
    kvarh, kvarh_back = (facts.whole(name, QUANTITY_DIGITS) for name in ("kvarh", "kvarh_back"))
    factor = facts.whole("power_factor", 2) if "power_factor" in facts.by_name else None
    if factor is not None and factor > _WHOLE_FACTOR:
        raise typer.BadParameter("power_factor= is 1 at most")
    given = ((line, _whole(line, text, tariff.digits)) for line, text in facts.of("given"))
    given_wh = ((line, _whole(line, text, QUANTITY_DIGITS)) for line, text in facts.of("given_kwh"))
    return rating.Consumption(
        (sharp, peak, flat, valley, deep),
        facts.whole("before", QUANTITY_DIGITS),
        capacity_va=facts.whole("kva", QUANTITY_DIGITS),
        declared_w=facts.whole("declared_kw", QUANTITY_DIGITS),
        demand_w=facts.whole("demand_kw", QUANTITY_DIGITS),
        reactive_varh=(kvarh, kvarh_back),
        power_factor=factor,
        given=tuple(given),
        given_wh=tuple(given_wh),
    )


def _holder(facts: Said) -> rating.Holder:
    return rating.Holder(
        facts.day("served_from"),
        facts.day("served_until"),
        tuple(starmap(_entitlement, facts.of("held"))),
        facts.day("period_from"),
    )


def _entitlement(name: str, text: str) -> rating.Entitlement:
    """Read a count, then perhaps the days from which on and until which it is held."""
    count, since, until = [*text.split(","), "", ""][:3]
    return rating.Entitlement(
        name,
        _day(name, since) if since else date.min,
        _day(name, until) if until else None,
        _whole(name, count or "1", 0),
    )


def _line(line: ChargeLine, digits: int) -> dict[str, Any]:
    is_percent = line.unit.startswith("%")
    return {
        "line": line.line,
        "kind": line.kind,
        "period": line.period,
        "tier": line.tier,
        "unit": line.unit,
        "quantity": _shown(line.quantity, digits if is_percent else QUANTITY_DIGITS),
        "price": _shown(line.price, PERCENT_DIGITS if is_percent else PRICE_DIGITS),
        "share": str(line.share),
        "amount": _shown(line.amount_fen, digits),
        "contained": _shown(line.contained_fen, digits),
    }


def _whole(name: str, text: str, digits: int) -> int:
    try:
        found = Decimal(text).scaleb(digits)
        if found != found.to_integral_value() or abs(found) > 10**15:
            _refuse(f"{name}={text}", f"has more than {digits} decimals, or is too large")
    except ArithmeticError:
        _refuse(f"{name}={text}", "is no decimal number")
    return int(found)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{name}={text}", 'is no day such as "2026-01-31"')


def _shown(value: int, digits: int) -> str:
    return format(Decimal(value).scaleb(-digits), "f")


def _refuse(fact: str, reason: str) -> NoReturn:
    raise typer.BadParameter(f"{fact} {reason}")
