"""The worked cases: each becomes a tariff document, inputs, and the lines and totals expected.

A case is recognised by the names of its inputs, never by its own name, and goes through the same
documents and the same API as every bill.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from domain import rating, tariff

from .documents import (
    FIRST_DAY,
    POWER_FACTOR,
    document,
    fen,
    schedule,
    terms,
    used,
    used_by_period,
)

_FILE = Path(__file__).resolve().parents[4] / "shared" / "cases.json"
OTHER_ROOMS = {"C33", "C37", "C40", "C41", "C46", "C56"}

Case = dict[str, Any]
Found = dict[str, Any]


def _cases() -> list[Case]:
    if not _FILE.exists():
        return []
    cases = json.loads(_FILE.read_text(encoding="utf-8"))
    return [each for each in cases if each["id"] not in OTHER_ROOMS and each["id"][:2] != "S-"]


@pytest.mark.skipif(not _FILE.exists(), reason=f"the worked cases are not here: {_FILE}")
@pytest.mark.parametrize("case", _cases(), ids=itemgetter("id"))
def test_a_worked_case_comes_out_to_the_fen(case: Case) -> None:
    names = set(case["inputs"])
    solve = next((solve for wanted, solve in SOLVERS if wanted <= names), None)
    if solve is None:
        pytest.skip("registers, ratios and exchanges are metering's: see its tests")
    found = solve(case["inputs"])
    for name, expected in case["expected"].items():
        assert same(found[name], expected), f"{name}: {found[name]} is not {expected}"
    if "tolerance" in case:
        off = Decimal(found["recomputed_energy"]) - Decimal(case["inputs"]["energy_charge_on_bill"])
        assert abs(off) <= Decimal(case["tolerance"]["recomputed_energy_vs_bill"])


def same(found: Any, expected: Any) -> bool:
    """Compare as numbers; lines may leave out zero kWh and what the case does not ask for."""
    if isinstance(expected, list):
        rows = [row for row in expected if not (isinstance(row, dict) and _empty(row))]
        lines = [row for row in found if not (isinstance(row, dict) and _empty(row))]
        return len(rows) == len(lines) and all(map(same, lines, rows))
    if isinstance(expected, dict):
        return all(same(found[name], each) for name, each in expected.items())
    return Decimal(found) == Decimal(expected)


def _empty(row: Found) -> bool:
    return Decimal(row.get("kwh", 1)) == 0


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
    available = fen(case["prepaid"]) - fen(case["unpaid"]) - fen(case["late_fee"]) - unbilled
    return {"unbilled_charge": yuan(unbilled), "available": yuan(available)}


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


def standing_charge(case: Case) -> Found:
    def pounds(pence: str) -> str:
        return str(Decimal(pence) / 100)

    settled = terms(
        {"kind": "energy", "price": pounds(case["unit_rate_p"])},
        {"kind": "per_day", "price": pounds(case["standing_charge_p_per_day"])},
        until=FIRST_DAY + timedelta(days=case["days"]),
    )
    charges = rating.rate(settled, used(case["kwh"]))
    return {
        "energy": yuan(charges.of("energy")),
        "standing": yuan(charges.of("per_day")),
        "total_ex_vat": yuan(charges.total_fen),
    }


def month_prorated(case: Case) -> Found:
    def day(text: str) -> date:
        return date.fromisoformat(f"2026-{text}")

    last = day(case["period_end"])
    until = last + timedelta(days=1)
    first_day = until - timedelta(days=case["period_days"])
    settled = terms(
        {"kind": "per_month", "price": case["monthly_charge"], "proration": "days"},
        first_day=first_day,
        until=until,
        holder=rating.Holder(served_from=day(case["service_start"])),
    )
    charges = rating.rate(settled, used())
    days = charges.lines[0].share * case["period_days"]
    return {"days": int(days), "amount": yuan(charges.total_fen)}


def capacity_prorated(case: Case) -> Found:
    charge = {"kind": "per_kva", "price": case["price"], "proration": "thirtieth"}
    use = used(capacity_va=int(Decimal(case["kva"]) * 1000))
    served = rating.Holder(served_until=FIRST_DAY + timedelta(days=case["days"]))
    full, prorated = (
        rating.rate(terms(charge, holder=holder), use).total_fen
        for holder in (rating.Holder(), served)
    )
    return {"full": yuan(full), "prorated": yuan(prorated)}


def malaysian_power_factor(case: Case) -> Found:
    """Return the surcharge by the table that the case's rule states."""
    penalties = [{"to": "0.75", "percent": "1.5"}, {"to": "0.00", "percent": "3"}]
    table = {"standard": "0.85", "penalties": penalties}
    settled = terms({"kind": "given", "line": "bill"}, {"kind": "power_factor", **table})
    charges = rating.rate(
        settled,
        used(power_factor=int(Decimal(case["pf"]) * 100), given=(("bill", fen(case["bill"])),)),
    )
    return {"surcharge": yuan(charges.of("power_factor"))}


def chinese_power_factor(case: Case) -> Found:
    settled = terms(
        {"kind": "given", "line": "energy"},
        {"kind": "given", "line": "basic"},
        {"kind": "power_factor", **POWER_FACTOR[case["standard"]], "of": ["energy", "basic"]},
    )
    given = (("energy", fen(case["energy_ex_funds"])), ("basic", fen(case["basic_charge"])))
    factor = int(Decimal(case["pf"]) * 100)
    line = rating.rate(settled, used(power_factor=factor, given=given)).lines[-1]
    return {
        "adjust_percent": Decimal(line.price) / 10**6,
        "pf_adjustment": yuan(line.amount_fen),
    }


def floating_components(case: Case) -> Found:
    floating = {"agent_purchase", "line_loss"}
    components = {
        name: {"price": price, "floats": name in floating}
        for name, price in case["components"].items()
    }
    charge = {"kind": "energy", "components": components, "ratios": case["multipliers"]}
    read = tariff.tariff_of(document(charge, schedule=schedule(*case["multipliers"])))
    prices = zip(tariff.PERIODS, read.charges[0].rule.prices, strict=True)
    return {period: Decimal(price or 0) / 10**8 for period, price in prices}


def by_period(prices: dict[str, str], energy: dict[str, str]) -> rating.Charges:
    charge = {"kind": "energy", "prices": prices}
    return rating.rate(terms(charge, schedule=schedule(*prices)), used_by_period(energy))


def two_part_bill(case: Case) -> Found:
    energy = by_period(case["period_price"], case["period_kwh"])
    settled = terms(
        {"kind": "given", "line": "energy"},
        {"kind": "demand", "price": case["demand_price"], "mode": "measured", "proration": "whole"},
        {"kind": "given", "line": "power_factor"},
    )
    given = (
        ("energy", fen(case["energy_charge_on_bill"])),
        ("power_factor", fen(case["pf_adjustment_on_bill"])),
    )
    demand_w = int(Decimal(case["billed_demand_kw"]) * 1000)
    bill = rating.rate(settled, used(demand_w=demand_w, given=given))
    return {
        "kwh_total": kwh(energy.charged_wh),
        "demand_charge": yuan(bill.of("demand")),
        "total": yuan(bill.total_fen),
        "recomputed_energy": yuan(energy.total_fen),
    }


def single_part_bill(case: Case) -> Found:
    charges = by_period(case["prices"], case["kwh"])
    return {
        "lines": [line["amount"] for line in lines(charges)],
        "total": yuan(charges.total_fen),
    }


def price_change(case: Case) -> Found:
    hundredths = {"quantity": {"step": "0.01", "mode": "half_up"}}
    versions = [
        terms({"kind": "energy", "price": case[price]}, rounding=hundredths)
        for price in ("price_old", "price_new")
    ]
    step = versions[0].tariff.roundings.quantity
    old, new = used(case["kwh"]).by_days([case["days_old"], case["days_new"]], step)
    first, second = (
        rating.rate(version, use).total_fen
        for version, use in zip(versions, (old, new), strict=True)
    )
    return {
        "kwh_old": kwh(old.total_wh),
        "kwh_new": kwh(new.total_wh),
        "amount_old": yuan(first),
        "amount_new": yuan(second),
        "total": yuan(first + second),
    }


def purchase_in_blocks(case: Case) -> Found:
    settled = terms(
        tiers(case["block_limits_kwh"], case["prices_incl_vat"]),
        basis="purchase",
        rounding={
            "quantity": {"step": "0.01", "mode": "half_up"},
            "price": {"step": "0.0001", "mode": "half_up"},
        },
    )
    before = rating.Before(int(Decimal(case["purchased_this_month_kwh"]) * 1000))
    bought = rating.purchase(settled, fen(case["money"]), before=before)
    return {
        "lines": lines(bought),
        "kwh_total": kwh(bought.energy_wh),
        "avg_price": Decimal(bought.average_price) / 10**8,
    }


def purchase_of_a_token(case: Case) -> Found:
    """Return what the shipped Tshwane document, which the case's rule quotes, gives."""
    settled = shipped("tshwane-prepaid-inclining-block", date(2022, 8, 1))
    before = rating.Before(int(Decimal(case["purchased_this_month_kwh"]) * 1000))
    bought = rating.purchase(settled, fen(case["money"]), before=before)
    energy = [line for line in bought.lines if line.unit == "kWh"]
    raw = tariff.Rounding().of(int((bought.exact_wh - energy[0].quantity) * 10**6), 10**5)
    return {
        "ex_vat": yuan(sum(line.amount_fen for line in energy)),
        "block1_kwh": kwh(energy[0].quantity),
        "block2_kwh_raw": Decimal(raw) / 10**4,
        "token_kwh": kwh(bought.energy_wh),
    }


Solver = Callable[[Case], Found]
SOLVERS: list[tuple[set[str], Solver]] = [
    ({"annual_limits", "tier_adders"}, annual_tiers_by_period),
    ({"annual_limits", "kwh_wrong"}, annual_tiers_corrected),
    ({"annual_limits", "unbilled_kwh"}, available_balance),
    ({"annual_limits", "kwh"}, annual_tiers),
    ({"free_kwh"}, free_energy),
    ({"limits", "normal_days"}, limits_by_days),
    ({"tier_limits_kwh", "prices"}, monthly_tiers),
    ({"limits", "prices"}, monthly_tiers),
    ({"standing_charge_p_per_day"}, standing_charge),
    ({"monthly_charge", "service_start"}, month_prorated),
    ({"kva", "days"}, capacity_prorated),
    ({"bill", "pf"}, malaysian_power_factor),
    ({"standard", "pf"}, chinese_power_factor),
    ({"components", "multipliers"}, floating_components),
    ({"period_kwh", "period_price"}, two_part_bill),
    ({"kwh", "prices"}, single_part_bill),
    ({"price_old", "price_new"}, price_change),
    ({"money", "block_limits_kwh"}, purchase_in_blocks),
    ({"money", "purchased_this_month_kwh"}, purchase_of_a_token),
    ({"prev", "cur"}, None),
    ({"old", "new"}, None),
    ({"kwh"}, bracket_by_total),
]
