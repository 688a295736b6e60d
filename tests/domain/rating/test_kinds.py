"""What single kinds of charge come to."""

from datetime import date

import pytest

from domain import rating, tariff
from domain.rating import Consumption, Entitlement, Holder

from .documents import POWER_FACTOR, fen, schedule, terms, used, used_by_period


def total(charge: dict, use: Consumption, **more) -> int:
    return rating.rate(terms(charge, **more), use).total_fen


def test_a_matrix_shares_a_tier_by_the_parts_of_the_periods():
    """75 peak and 25 valley, limit 50: 37.5 and 12.5 in each tier."""
    rows = [{"peak": "0.6", "valley": "0.3"}, {"peak": "0.7", "valley": "0.4"}]
    charge = {"kind": "matrix", "cycle": {"months": 1}, "limits": [{"kwh": ["50"]}], "prices": rows}
    settled = terms(charge, schedule=schedule("peak", "valley"))
    lines = rating.rate(settled, used_by_period({"peak": "75", "valley": "25"})).lines
    assert [(each.tier, each.period, each.quantity, each.amount_fen) for each in lines] == [
        (1, "peak", 37_500, 2250),
        (1, "valley", 12_500, 375),
        (2, "peak", 37_500, 2625),
        (2, "valley", 12_500, 500),
    ]


def test_a_matrix_that_adds_the_same_to_each_period_is_tou_with_adders():
    adders = ["0", "0.05", "0.30"]
    limits = {"cycle": {"months": 12}, "limits": [{"kwh": ["2760", "4800"]}]}
    rows = [
        {"peak": peak, "valley": valley}
        for peak, valley in (("0.568", "0.288"), ("0.618", "0.338"), ("0.868", "0.588"))
    ]
    day = schedule("peak", "valley")
    prices = {"kind": "energy", "prices": rows[0]}
    form_b = terms(prices, {"kind": "tiers", **limits, "adders": adders}, schedule=day)
    form_a = terms({"kind": "matrix", **limits, "prices": rows}, schedule=day)
    use = used_by_period({"peak": "300", "valley": "200"}, before="2660")
    assert rating.rate(form_a, use).total_fen == rating.rate(form_b, use).total_fen


@pytest.mark.parametrize(("kwh", "due"), [("100", "120"), ("101", "171.50"), ("500", "1330")])
def test_the_bracket_is_chosen_by_the_total(kwh, due):
    settled = rating.terms_of(
        tariff.tariff_of(tariff.catalogued("tamil-nadu-domestic-slab")), first_day=date(2026, 1, 1)
    )
    assert rating.rate(settled, used(kwh)).total_fen == fen(due)
    with pytest.raises(rating.BeyondBrackets):
        rating.rate(settled, used("500.001"))


@pytest.mark.parametrize(
    ("proration", "served", "due"),
    [
        ("whole", {}, 3000),
        ("whole", {"served_from": date(2026, 5, 31)}, 3000),
        ("whole", {"served_from": date(2026, 6, 1)}, 0),
        ("days", {"served_from": date(2026, 5, 12)}, 1935),
        ("thirtieth", {}, 3000),
        ("thirtieth", {"served_from": date(2026, 5, 2)}, 3000),
        ("thirtieth", {"served_until": date(2026, 5, 21)}, 2000),
        ("thirtieth", {"served_from": date(2026, 5, 3), "served_until": date(2026, 5, 13)}, 1000),
    ],
)
def test_a_month_is_prorated_by_the_stated_rule(proration, served, due):
    charge = {"kind": "per_month", "price": "30", "proration": proration}
    assert total(charge, used(), holder=Holder(**served)) == due


def test_several_months_and_a_broken_one_are_charged_each():
    charge = {"kind": "per_month", "price": "30", "proration": "days"}
    assert total(charge, used(), first_day=date(2026, 1, 15), until=date(2026, 3, 1)) == 4500


@pytest.mark.parametrize(
    ("declared", "measured", "kva", "billed"),
    [
        (1000, 900, 0, 1000),
        (1000, 1050, 0, 1000),
        (1000, 1100, 0, 1100),
        (1000, 1200, 0, 1300),
        (300, 200, 1000, 400),
        (300, 500, 1000, 560),
    ],
)
def test_declared_demand_is_billed_and_its_excess_doubled(declared, measured, kva, billed):
    charge = {
        "kind": "demand",
        "price": "1",
        "proration": "whole",
        "mode": "declared",
        "free_percent": "105",
        "excess_times": 2,
        "floor_percent": "40",
    }
    use = used(declared_w=declared * 1000, demand_w=measured * 1000, capacity_va=kva * 1000)
    assert total(charge, use) == billed * 100


@pytest.mark.parametrize(
    ("standard", "factor", "percent"),
    [
        ("0.90", 100, "-0.75"),
        ("0.90", 95, "-0.75"),
        ("0.90", 94, "-0.60"),
        ("0.90", 91, "-0.15"),
        ("0.90", 90, "0"),
        ("0.90", 89, "0.5"),
        ("0.90", 70, "10"),
        ("0.90", 65, "15"),
        ("0.90", 60, "25"),
        ("0.85", 90, "-0.5"),
        ("0.85", 91, "-0.65"),
        ("0.85", 94, "-1.10"),
        ("0.85", 99, "-1.10"),
        ("0.85", 65, "10"),
        ("0.85", 60, "15"),
        ("0.80", 90, "-1.0"),
        ("0.80", 91, "-1.15"),
        ("0.80", 92, "-1.30"),
        ("0.80", 60, "10"),
        ("0.80", 55, "15"),
        ("0.80", 54, "17"),
    ],
)
def test_the_power_factor_tables(standard, factor, percent):
    settled = terms({"kind": "given"}, {"kind": "power_factor", **POWER_FACTOR[standard]})
    use = used(power_factor=factor, given=(("given", 1_000_000),))
    assert rating.rate(settled, use).lines[-1].amount_fen == fen(percent) * 100


@pytest.mark.parametrize(
    ("kwh", "kvarh", "factor"),
    [
        ("100", (0, 0), 100),
        ("0", (0, 0), None),
        ("0", (5_000, 0), 0),
        ("300", (200_000, 200_000), 60),
        ("90", (0, 43_588), 90),
        ("89.5", (44_606, 0), 90),
        ("89.5", (44_607, 0), 89),
    ],
)
def test_the_factor_is_of_both_reactive_directions_and_half_up(kwh, kvarh, factor):
    table = {"standard": "0.00", "rewards": [{"to": "1.00", "percent": "1"}]}
    settled = terms({"kind": "given"}, {"kind": "power_factor", **table})
    use = used(kwh, reactive_varh=kvarh, given=(("given", -100),))
    assert rating.rate(settled, use).lines[-1].amount_fen == (factor or 0)


def test_government_funds_are_no_part_of_the_power_factor_base():
    """1000 kWh at 0.60 less 0.0452 of funds: 554.80 at -0.75 % is -4.16."""
    charges = [
        {"kind": "energy", "price": "0.60"},
        {"kind": "power_factor", **POWER_FACTOR["0.90"], "less_per_kwh": "0.0452"},
    ]
    lines = rating.rate(terms(*charges), used("1000", power_factor=95)).lines
    assert (lines[-1].quantity, lines[-1].amount_fen) == (55480, -416)


def test_losses_are_added_before_anything_is_priced():
    """0.5 kW for 31 days, and 2 % of 1000 kWh: 372 + 20, shared out by the periods."""
    day = schedule("peak", "valley")
    loss = {"kind": "loss", "iron_kw": "0.5", "percent": "2", "idle": "valley"}
    prices = {"kind": "energy", "prices": {"peak": "1", "valley": "0.5"}}
    settled = terms(loss, prices, schedule=day)
    charges = rating.rate(settled, used_by_period({"peak": "750", "valley": "250"}))
    assert [line.quantity for line in charges.lines] == [392_000, 1_044_000, 348_000]
    assert charges.charged_wh == 1_392_000
    idle = rating.rate(settled, used_by_period({}))
    assert [line.quantity for line in idle.lines] == [372_000, 0, 372_000]


def test_losses_of_an_idle_month_fall_to_a_period_that_the_schedule_has():
    """Flat where there is one; else the last, or nobody could be charged for an idle month."""
    loss = {"kind": "loss", "iron_kw": "0.5"}
    for periods, due in ((("peak", "valley"), "valley"), (("flat", "valley"), "flat")):
        prices = {"kind": "energy", "prices": dict.fromkeys(periods, "1")}
        settled = terms(loss, prices, schedule=schedule(*periods))
        lines = rating.rate(settled, used_by_period({})).lines[1:]
        assert {line.period for line in lines if line.quantity} == {due}


def test_a_free_quota_is_for_those_who_hold_it_and_does_not_count_towards_tiers():
    document = tariff.tariff_of(tariff.catalogued("zhejiang-residential"))
    held = Holder(entitlements=(Entitlement("low-income", date(2026, 1, 1)),))
    days = {"first_day": date(2026, 5, 1), "until": date(2026, 6, 1)}
    paying, free = (
        rating.rate(rating.terms_of(document, **days, holder=holder), used("100"))
        for holder in (Holder(), held)
    )
    assert (paying.total_fen, paying.charged_wh) == (5380, 100_000)
    assert (free.total_fen, free.charged_wh) == (4573, 85_000)
    assert free.lines[0].quantity == -15_000


def test_a_refund_is_never_more_than_what_was_charged():
    document = tariff.tariff_of(tariff.catalogued("sichuan-residential"))
    held = Holder(entitlements=(Entitlement("low-income", date(2026, 1, 1)),))
    settled = rating.terms_of(
        document, first_day=date(2026, 5, 1), until=date(2026, 6, 1), holder=held
    )
    assert rating.rate(settled, used("100")).total_fen == 5224 - 784
    assert rating.rate(settled, used("10")).total_fen == 0


def test_a_choice_of_the_customer_changes_the_prices():
    document = tariff.tariff_of(tariff.catalogued("hebei-residential-tou"))
    chosen = Holder(entitlements=(Entitlement("flat-price", date(2026, 1, 1)),))
    use = used_by_period({"peak": "100", "valley": "60"}, before="3300")
    tiers, flat = (
        rating.rate(rating.terms_of(document, first_day=date(2026, 5, 1), holder=holder), use)
        for holder in (Holder(), chosen)
    )
    assert (tiers.total_fen, flat.total_fen) == (10600, 5700 + 1860)


def test_a_tax_may_be_on_the_upper_tiers_only_and_the_total_be_rounded():
    """700 kWh: 43.60 + 33.40 + 154.80 + 54.60, 8 % of the last, to 5 sen."""
    document = tariff.tariff_of(tariff.catalogued("malaysia-domestic-blocks"))
    settled = rating.terms_of(document, first_day=date(2026, 5, 1), until=date(2026, 6, 1))
    charges = rating.rate(settled, used("700"))
    assert (charges.of("service_tax"), charges.of("rounding")) == (437, -2)
    assert charges.total_fen == 29075
    assert rating.rate(settled, used("1")).total_fen == 300


def test_a_tax_rate_may_depend_on_the_use_of_a_day():
    rates = [{"below_kwh_per_day": "33", "percent": "5"}, {"percent": "20"}]
    charges = [{"kind": "energy", "price": "1"}, {"kind": "tax", "rates": rates}]
    assert rating.rate(terms(*charges), used("1022.9")).of("tax") == 5115
    assert rating.rate(terms(*charges), used("1023")).of("tax") == 20460


def test_a_credit_is_given_not_taken():
    charges = [
        {"kind": "energy", "price": "1"},
        {"kind": "energy", "line": "subsidy", "price": "0.4", "credit": True},
    ]
    assert rating.rate(terms(*charges), used("10")).total_fen == 600


def test_a_charge_may_round_its_own_lines():
    """A levy cut off to whole units beside lines rounded to hundredths."""
    whole = {"step": "1", "mode": "down"}
    charges = [
        {"kind": "energy", "price": "1"},
        {"kind": "tax", "percent": "10", "rounding": whole},
    ]
    assert [line.amount_fen for line in rating.rate(terms(*charges), used("19.99")).lines] == [
        1999,
        100,
    ]


def test_kwh_are_rounded_where_the_tariff_says_so():
    whole = {"quantity": {"step": "1", "mode": "half_up"}}
    charges = rating.rate(terms({"kind": "energy", "price": "1"}, rounding=whole), used("10.5"))
    assert (charges.total_fen, charges.charged_wh) == (1100, 11_000)


def test_a_period_is_shared_out_by_days_without_losing_energy():
    whole = Consumption((10, 20, 31, 40, 50), 7)
    parts = whole.by_days([14, 10, 7])
    assert [sum(wh) for wh in zip(*(p.periods_wh for p in parts), strict=True)] == [
        10,
        20,
        31,
        40,
        50,
    ]
    assert [part.cycle_wh for part in parts] == [
        7,
        7 + parts[0].total_wh,
        7 + parts[0].total_wh + parts[1].total_wh,
    ]
