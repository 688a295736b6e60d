"""More worked cases at the edges: on a limit, over New Year, at the ends of bonuses, on a step.

Reckoned on paper from the rule that stands beside each; nothing here asks the product.
"""

from datetime import date
from decimal import Decimal

import pytest

from domain import rating, tariff

from .answers import tiers
from .documents import POWER_FACTOR, fen, terms, used
from .worked import bill, fits, made

GIVEN = [{"line": "energy", "kind": "given"}, {"line": "basic", "kind": "given"}]
SHANGHAI = [tiers(["3120", "4800"], ["0.617", "0.667", "0.917"], 12)]
ZHEJIANG = [tiers(["2760", "4800"], ["0.538", "0.588", "0.838"], 12)]
DEARER = [tiers(["2760", "4800"], ["0.55", "0.60", "0.85"], 12)]
OPENED = [tiers(["2760", "4800"], ["0.538", "0.588", "0.838"], 12, by_service=True)]
BY_DAYS = tiers(["100", "300"], ["1", "2", "3"], days_per_month=30)
BY_DAYS["cycle"] = {"period": True}
JIANGSU = {
    "kind": "tiers",
    "cycle": {"months": 12},
    "limits": [{"per": "month", "kwh": ["230", "400"]}],
    "bonuses": [{"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}],
    "prices": ["0.5283", "0.5783", "0.8283"],
}
FLAT = {"holds": {"flat-price": 1}, "before": "2000"}
PERIODS = {"peak": "200", "valley": "100"}
DECLARED = {
    "kind": "demand",
    "price": "42",
    "proration": "thirtieth",
    "mode": "declared",
    "free_percent": "105",
    "excess_times": 2,
    "floor_percent": "40",
}
MEASURED = {"kind": "demand", "price": "42", "mode": "measured", "proration": "thirtieth"}
KVA = {"kind": "per_kva", "price": "26.3", "proration": "thirtieth"}
ECONOMY_7 = [
    {"kind": "energy", "prices": {"flat": "0.3142", "valley": "0.1254"}},
    {"kind": "per_day", "price": "0.5301"},
    {"kind": "tax", "percent": "5"},
]
UK = [
    {"kind": "energy", "price": "0.28"},
    {"kind": "per_day", "price": "0.52"},
    {"kind": "tax", "rates": [{"below_kwh_per_day": "33", "percent": "5"}, {"percent": "20"}]},
]
SUMMER, WINTER = "2026-07-01/2026-08-01", "2026-11-01/2026-12-01"
APRIL, JUNE = "2026-04-01/2026-05-01", "2026-06-01/2026-07-01"


@pytest.mark.parametrize(
    ("charges", "kwh", "more", "due"),
    [
        # one kWh over, exactly on, and half a kWh over a limit: 0.3195 -> 0.32
        ("guangdong-residential", "601", {}, "371.29"),
        ("guangdong-residential", "200", {"days": WINTER}, "117.80"),
        ("guangdong-residential", "200.5", {"days": WINTER}, "118.12"),
        ("hunan-residential", "460", {"days": SUMMER}, "285.98"),
        # seven persons: 200 + 3 x 100 is beyond the second limit, whose tier is empty
        ("hunan-residential", "520", {"holds": {"household": 7}}, "311.76"),
        (ZHEJIANG, "25", {"before": "4790"}, "18.45"),
        # all three tiers in a month: 12.34 + 1120.56 + 91.70
        (SHANGHAI, "1800", {"before": "3100"}, "1224.60"),
        # December's last days count on, January's begin anew: 310 kWh by 12 and 19 days
        (ZHEJIANG, "120", {"before": "2700", "days": "2025-12-20/2026-01-01"}, "67.56"),
        (ZHEJIANG, "190", {"days": "2026-01-01/2026-01-20"}, "102.22"),
        # the price changes on 12 May, when the register shows 75.5 kWh: 32.28 + 9.11, 74.70
        (ZHEJIANG, "75.5", {"before": "2700", "days": "2026-05-01/2026-05-12"}, "41.39"),
        (DEARER, "124.5", {"before": "2775.5", "days": "2026-05-12/2026-06-01"}, "74.70"),
        # opened on 20 April: 9 of 12 months
        (OPENED, "200", {"before": "2000", "served_from": date(2026, 4, 20),
                         "days": "2026-12-01/2027-01-01"}, "114.10"),
        # 20 of 30 days: 66.667 and 200 kWh
        ([BY_DAYS], "100", {"days": "2026-05-01/2026-05-21"}, "133.34"),
        # Hebei over the first limit by 140 kWh, and who chose the flat price
        ("hebei-residential-tou", PERIODS, {"before": "2000"}, "147.00"),
        ("hebei-residential-tou", PERIODS, FLAT, "145.00"),
        # no more is given back than there was to pay
        ("sichuan-residential", "10", {"holds": {"low-income": 1}}, "0"),
        # demand exactly at 105 %, a kW beyond, below what was declared, below 40 % of 2500 kVA
        ([DECLARED], "0", {"service": {"declared_w": 800_000, "demand_w": 840_000}}, "33600.00"),
        ([DECLARED], "0", {"service": {"declared_w": 800_000, "demand_w": 841_000}}, "33684.00"),
        ([DECLARED], "0", {"service": {"declared_w": 800_000, "demand_w": 500_000}}, "33600.00"),
        ([DECLARED], "0", {"service": {"declared_w": 800_000, "demand_w": 1_050_000,
                                       "capacity_va": 2_500_000}}, "42000.00"),
        # 20 days of 30; 21 days; a February is a month
        ([MEASURED], "0", {"service": {"demand_w": 500_000}, "days": JUNE,
                           "served_from": date(2026, 6, 11)}, "14000.00"),
        ([KVA], "0", {"service": {"capacity_va": 630_000}, "days": JUNE,
                      "served_from": date(2026, 6, 10)}, "11598.30"),
        ([KVA], "0", {"service": {"capacity_va": 630_000}, "days": "2026-02-01/2026-03-01"},
         "16569.00"),
        # just below 33 kWh a day
        (UK, "989.99", {"days": APRIL}, "307.44"),
        # day and night: 66.74 + 22.61 + 16.43, and 5 % of it
        (ECONOMY_7, {"flat": "212.4", "valley": "180.3"}, {}, "111.07"),
        # 8 % above 600 kWh only; 3.00 at least
        ("malaysia-domestic-blocks", "750", {}, "320.25"),
        ("malaysia-domestic-blocks", "600", {}, "231.80"),
        ("malaysia-domestic-blocks", "0", {}, "3.00"),
        # a slab's bound is included
        ("tamil-nadu-domestic-slab", "100", {}, "120.00"),
        ("tamil-nadu-domestic-slab", "101", {}, "171.50"),
        ("tamil-nadu-domestic-slab", "201", {}, "433.00"),
        ("tamil-nadu-domestic-slab", "500", {}, "1330.00"),
        # no energy, 5 kvarh: a factor of 0 costs 10 + 5 + 130 % of the capacity
        ([KVA, {"kind": "power_factor", **POWER_FACTOR["0.90"]}], "0",
         {"service": {"capacity_va": 630_000, "reactive_varh": (5_000, 0)}},
         {"power_factor": "24025.05"}),
    ],
)  # fmt: skip
def test_at_the_edges_the_rule_holds_to_the_fen(charges, kwh, more, due):
    assert fits(bill(charges, kwh, **more), due)


STEPS = [
    ("0.90", "100 -0.75 95 -0.75 94 -0.6 91 -0.15 90 0 89 0.5 70 10 69 11 65 15 64 17 60 25"),
    ("0.85", "99 -1.1 94 -1.1 91 -0.65 90 -0.5 85 0 84 0.5 65 10 64 11 60 15 59 17"),
    ("0.80", "95 -1.3 92 -1.3 91 -1.15 90 -1 80 0 60 10 59 11 55 15 54 17"),
]


@pytest.mark.parametrize(("standard", "steps"), STEPS)
def test_every_step_of_the_power_factor_tables(standard, steps):
    """50000.00 of energy and 12600.00 of basic charge, at the ends of every band."""
    pairs = iter(steps.split())
    table = {"kind": "power_factor", **POWER_FACTOR[standard], "of": ["energy", "basic"]}
    settled = terms(*GIVEN, table)
    given = (("energy", 5_000_000), ("basic", 1_260_000))
    for factor, percent in zip(pairs, pairs, strict=True):
        charges = rating.rate(settled, used(power_factor=int(factor), given=given))
        assert Decimal(charges.of("power_factor")) == 6_260_000 * Decimal(percent) / 100, factor


@pytest.mark.parametrize(
    ("since", "until", "limits"),
    [
        # from July on: 6 months of 100; until February: the months of another year do not count
        (date(2026, 7, 1), None, (3_360_000, 5_400_000)),
        (date(2025, 10, 3), date(2026, 3, 1), (2_960_000, 5_000_000)),
        # a day in September, and the year before
        (date(2026, 9, 30), date(2026, 10, 1), (2_860_000, 4_900_000)),
        (date(2025, 1, 1), date(2026, 1, 1), (2_760_000, 4_800_000)),
    ],
)
def test_a_bonus_lifts_the_years_limits_by_its_months(since, until, limits):
    held = rating.Entitlement("household", since, until, 5)
    settled = rating.terms_of(
        tariff.tariff_of(made([JIANGSU])),
        first_day=date(2026, 12, 1),
        holder=rating.Holder(entitlements=(held,)),
    )
    assert settled.limits == limits


def test_a_wrong_month_moves_the_months_after_it_through_the_tiers():
    """1200 kWh read for 1020, then 1800: 105.84 of the month, and 45.00 of the one after it."""
    wrong = [("1200", "2000"), ("1800", "3200")]
    right = [("1020", "2000"), ("1800", "3020")]
    sums = [
        sum(bill(ZHEJIANG, kwh, before=before).total_fen for kwh, before in months)
        for months in (wrong, right)
    ]
    assert sums[0] - sums[1] == fen("150.84")


@pytest.mark.parametrize(
    ("name", "money", "bought", "kwh"),
    [
        # 1000 / 1.15 = 869.57: 100 x 2.097, then 268.88 at 2.4541
        ("tshwane-prepaid-inclining-block", "1000", "0", "368.8"),
        # the last block: 260.87 / 2.8824
        ("tshwane-prepaid-inclining-block", "300", "700", "90.5"),
        # exactly the first block, to the cent: 209.70 and 15 %
        ("tshwane-prepaid-inclining-block", "241.16", "0", "100.0"),
    ],
)
def test_a_token_over_the_blocks_of_its_month(name, money, bought, kwh):
    settled = rating.terms_of(
        tariff.tariff_of(tariff.catalogued(name)), first_day=date(2022, 8, 31)
    )
    before = rating.Before(bought_wh=int(Decimal(bought) * 1000))
    assert rating.purchase(settled, fen(money), before=before).energy_wh == Decimal(kwh) * 1000
