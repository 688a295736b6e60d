"""Cases about tiers, brackets and free quotas."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain import accrual, rating

from .answers import Case, Found, kwh, lines, shipped, tiers, yuan
from .documents import FIRST_DAY, fen, schedule, terms, used, used_by_period

NOW = datetime(2026, 5, 31, tzinfo=UTC)


def yearly(case: Case, energy: str, before: str) -> rating.Charges:
    settled = terms(tiers(case["annual_limits"], case["prices"], 12))
    return rating.rate(settled, used(energy, before=before))


def annual_tiers(case: Case) -> Found:
    charges = yearly(case, case["kwh"], case["ytd_kwh_before"])
    return {"lines": lines(charges), "total": yuan(charges.total_fen)}


def annual_tiers_corrected(case: Case) -> Found:
    before = case["ytd_kwh_before"]
    wrong, right = (
        yearly(case, case[name], before).total_fen for name in ("kwh_wrong", "kwh_right")
    )
    return {"wrong": yuan(wrong), "right": yuan(right), "refund": yuan(wrong - right)}


def available_balance(case: Case) -> Found:
    unbilled = yearly(case, case["unbilled_kwh"], case["unbilled_ytd_before"]).total_fen
    was = accrual.Position(1, 0, 0, 0, fen(case["late_fee"]), 0, 0, None, 0, NOW, 0, NOW, 0)
    now = accrual.advanced(
        was,
        prepaid_fen=fen(case["prepaid"]),
        receivable_fen=fen(case["unpaid"]),
        unbilled_fen=unbilled,
        as_of=NOW,
    )
    return {"unbilled_charge": yuan(unbilled), "available": yuan(now.available_fen)}


def annual_tiers_by_period(case: Case) -> Found:
    periods = [name.removesuffix("_price") for name in case if name.endswith("_price")]
    prices = {period: case[f"{period}_price"] for period in periods}
    adders = tiers(case["annual_limits"], case["tier_adders"], 12)
    settled = terms({"kind": "energy", "prices": prices}, adders, schedule=schedule(*periods))
    use = {period: case[f"{period}_kwh"] for period in periods}
    charges = rating.rate(settled, used_by_period(use, before=case["ytd_kwh_before"]))
    return {
        "tou_charge": yuan(charges.of("energy")),
        "tier_adder": yuan(charges.of("tiers")),
        "total": yuan(charges.total_fen),
    }


def monthly_tiers(case: Case) -> Found:
    limits = case.get("tier_limits_kwh") or case["limits"]
    bonus = case.get("household_bonus_kwh")
    more: dict[str, Any] = {}
    if bonus:
        more["bonuses"] = [
            {"for": "household", "from_count": 5, "kwh_per_month": [bonus] * len(limits)}
        ]
    household = rating.Entitlement("household", date(2025, 1, 1), count=5)
    holder = rating.Holder(entitlements=(household,) if bonus else ())
    settled = terms(tiers(limits, case["prices"], **more), holder=holder)
    charges = rating.rate(settled, used(case["kwh"]))
    return {
        "effective_limits": [kwh(limit) for limit in settled.limits],
        "lines": lines(charges),
        "total": yuan(charges.total_fen),
    }


def free_energy(case: Case) -> Found:
    settled = terms(
        {"kind": "free_energy", "kwh_per_month": case["free_kwh"]},
        {"kind": "energy", "price": case["price"]},
        tiers(case["limits"], ["0", "0.05", "0.30"]),
    )
    charges = rating.rate(settled, used(case["kwh"]))
    return {"billed_kwh": kwh(charges.charged_wh), "total": yuan(charges.total_fen)}


def limits_by_days(case: Case) -> Found:
    prices = ["1"] * (len(case["limits"]) + 1)
    charge = tiers(case["limits"], prices, days_per_month=case["normal_days"])
    charge["cycle"] = {"period": True}
    until = FIRST_DAY + timedelta(days=case["days"])
    return {"limits": [kwh(limit) for limit in terms(charge, until=until).limits]}


def bracket_by_total(case: Case) -> Found:
    """Return the total under the shipped Tamil Nadu document, which the case's rule quotes."""
    settled = shipped("tamil-nadu-domestic-slab", date(2012, 6, 1))
    return {"total": yuan(rating.rate(settled, used(case["kwh"])).total_fen)}
