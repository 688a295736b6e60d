"""How a worked case becomes a tariff document and inputs, by the names of what it gives.

A case is recognised by its inputs, never by its own name, and goes through the same documents and
the same API as every bill.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from domain import rating, tariff

from .answers import Case, Found, kwh, lines, shipped, tiers, yuan
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
from .register_cases import exchange, rollover, transformer_ratio
from .tier_cases import (
    annual_tiers,
    annual_tiers_by_period,
    annual_tiers_corrected,
    available_balance,
    bracket_by_total,
    free_energy,
    limits_by_days,
    monthly_tiers,
)


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
    ({"prev", "cur", "ct", "pt"}, transformer_ratio),
    ({"prev", "cur", "integer_digits"}, rollover),
    ({"old", "new"}, exchange),
    ({"kwh"}, bracket_by_total),
]
