"""More worked cases of residential tariffs: every province of the reference, by hand.

Figures of provinces whose base price no source gives stand for themselves. What each comes to
was reckoned on paper from the rule that its line names; nothing here asks the product.
"""

from datetime import date

import pytest

from domain import rating, tariff

from .answers import tiers
from .documents import fen
from .worked import bill, fits, made

JIANGSU = ["0.5283", "0.5783", "0.8283"]
FLAT_PRICE = {"kind": "energy", "price": "0.5483", "when": {"holds": "flat-price"}}
YEARLY = {
    "kind": "tiers",
    "cycle": {"months": 12},
    "limits": [{"per": "month", "kwh": ["230", "400"]}],
    "bonuses": [{"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}],
    "prices": JIANGSU,
    "when": {"lacks": "flat-price"},
}
FREE = {"kind": "free_energy", "kwh_per_month": "15", "when": {"holds": "low-income"}}
JIANGSU_DOCUMENT = [FREE, YEARLY, FLAT_PRICE]
GUANGXI = [
    {
        "kind": "tiers",
        "cycle": {"months": 12},
        "limits": [
            {"until": "2017-01-01", "kwh": ["2400", "3840"]},
            {"from": "2017-01-01", "kwh": ["2760", "4440"]},
        ],
        "prices": JIANGSU,
    }
]
HAINAN = [
    {"kind": "free_energy", "kwh_per_month": "10"},
    {
        "kind": "tiers",
        "cycle": {"months": 1},
        "limits": [
            {"months": [4, 5, 6, 7, 8, 9, 10], "kwh": ["220", "360"]},
            {"months": [11, 12, 1, 2, 3], "kwh": ["160", "290"]},
        ],
        "prices": ["0.6083", "0.6583", "0.9083"],
    },
]
TWO_MONTHS = {
    "kind": "tiers",
    "cycle": {"period": True},
    "limits": [{"per": "month", "kwh": ["200", "400"]}],
    "prices": ["0.52", "0.57", "0.82"],
}
OVER = {
    "line": "peak_adder",
    "kind": "energy",
    "prices": {"peak": "0.10", "flat": "0", "valley": "0"},
}
UNDER = {
    "line": "valley_adder",
    "kind": "energy",
    "prices": {"peak": "0", "flat": "0", "valley": "0.18"},
    "credit": True,
}
CHONGQING = [TWO_MONTHS, OVER, UNDER]
SERVED = [tiers(["2760", "4800"], ["0.538", "0.588", "0.838"], 12, by_service=True)]
VALLEY_FIRST = [
    {"kind": "free_energy", "kwh_per_month": "15", "order": ["valley"]},
    {"kind": "energy", "prices": {"peak": "0.55", "valley": "0.30"}},
]
JULY = "2026-07-01/2026-08-01"
NOVEMBER = "2026-11-01/2026-12-01"
JANUARY = "2026-01-01/2026-02-01"
ALL = {"peak": "300", "flat": "300", "valley": "300"}


@pytest.mark.parametrize(
    ("charges", "kwh", "more", "due"),
    [
        # Jiangsu, 230/400 a month times twelve: 60 x 0.5283 = 31.70, 90 x 0.5783 = 52.05
        (JIANGSU_DOCUMENT, "150", {"before": "2700"}, "83.75"),
        # five persons: limits 3960/6000, all 150 in the first tier
        (JIANGSU_DOCUMENT, "150", {"before": "2700", "holds": {"household": 5}}, "79.25"),
        # seven persons may choose the flat price: 150 x 0.5483
        (JIANGSU_DOCUMENT, "150", {"before": "2700", "holds": {"flat-price": 1}}, "82.25"),
        # 15 kWh free: 60 x 0.5283 = 31.70, 75 x 0.5783 = 43.37
        (JIANGSU_DOCUMENT, "150", {"before": "2700", "holds": {"low-income": 1}}, "75.07"),
        # Guangxi in its year of transition: 40 x 0.5783 = 23.13, 60 x 0.8283 = 49.70
        (GUANGXI, "100", {"before": "3800", "days": "2016-12-01/2017-01-01"}, "72.83"),
        (GUANGXI, "100", {"before": "3800", "days": "2017-12-01/2018-01-01"}, "57.83"),
        # Guangdong, published beside P01: 600 kWh in winter are 423.40
        ("guangdong-residential", "600", {"days": NOVEMBER}, "423.40"),
        ("guangdong-residential", "401", {"days": NOVEMBER}, "246.49"),
        # five persons in winter, 300/500: 300 x 0.589, 200 x 0.639, 1 x 0.889
        ("guangdong-residential", "501", {"days": NOVEMBER, "holds": {"household": 5}}, "305.39"),
        # Beijing, six persons 340/500: 166.02 + 86.13 + 15.77
        ("beijing-residential", "520", {"holds": {"household": 6}}, "267.92"),
        # Beijing read as 2880/4800 a year: 80 x 0.4883 = 39.06, 120 x 0.5383 = 64.60
        ([tiers(["2880", "4800"], ["0.4883", "0.5383", "0.7883"], 12)], "200", {"before": "2800"},
         "103.66"),
        # Hunan in January, 200/450: 117.60 + 159.50 + 8.88
        ("hunan-residential", "460", {"days": JANUARY}, "285.98"),
        # Hunan in May, 100 on the first limit for the 5th and for the 6th: 400 x 0.588 + 88.80
        ("hunan-residential", "500", {"holds": {"household": 6}}, "324.00"),
        # Hunan, 10 kWh free in spring: 190 + 0 of 200
        ("hunan-residential", "200", {"holds": {"low-income": 1}}, "111.72"),
        # Hainan in November, 10 off, 160/290: 160 x 0.6083 = 97.33, 130 x 0.6583 = 85.58
        (HAINAN, "300", {"days": NOVEMBER}, "182.91"),
        # and in May, 220/360: 220 x 0.6083 = 133.83, 70 x 0.6583 = 46.08
        (HAINAN, "300", {}, "179.91"),
        # Sichuan: 300 x 0.5224 + 100 x 0.10 + 20 x 0.30 - 7.84
        ("sichuan-residential", "300", {"holds": {"low-income": 1}}, "164.88"),
        # night valley, wet: 78.36 + 17.50 + 70 x 0.10; dry: 78.36 + 25.35 + 7.00
        ("sichuan-residential", {"flat": "150", "valley": "100"},
         {"days": JULY, "holds": {"night-valley": 1}}, "102.86"),
        ("sichuan-residential", {"flat": "150", "valley": "100"},
         {"days": JANUARY, "holds": {"night-valley": 1}}, "110.71"),
        # Shandong, five persons 310/400: 169.54 + 53.72 + 16.94
        ("shandong-residential", "420", {"holds": {"household": 5}}, "240.20"),
        # Chongqing, one reading for two months: 400 x 0.52 + 400 x 0.57 + 100 x 0.82 ...
        ([TWO_MONTHS], "900", {"days": "2026-05-10/2026-07-10"}, "518.00"),
        # ... and time of use as adders, one of them below zero: + 30.00 - 54.00
        (CHONGQING, ALL, {"days": "2026-05-10/2026-07-10"}, "494.00"),
        # Hebei above 1 kV: 60 x 0.47 + 40 x 0.52
        ("hebei-residential-10kv", "100", {"before": "2100"}, "49.00"),
        # 15 kWh off the valley first, what it lacks off the peak: 95 x 0.55
        (VALLEY_FIRST, {"peak": "100", "valley": "10"}, {}, "52.25"),
        # Zhejiang over both limits: 852.00 + 201.60 + 2040 x 0.05 + 100 x 0.30
        ("zhejiang-residential-tou", {"peak": "1500", "valley": "700"}, {"before": "2700"},
         "1185.60"),
        # a new year counts anew: the same energy in January
        ("zhejiang-residential-tou", {"peak": "1500", "valley": "700"}, {"days": JANUARY},
         "1053.60"),
        # opened on 15 September: 4 of 12 months, 920/1600: 20 x 0.538 + 80 x 0.588
        (SERVED, "100", {"before": "900", "served_from": date(2026, 9, 15),
                         "days": "2026-12-01/2027-01-01"}, "57.80"),
        # closed on 10 March: 3 months, 690/1200
        (SERVED, "100", {"before": "600", "served_until": date(2026, 3, 10),
                         "days": "2026-03-01/2026-03-10"}, "54.30"),
        # each line half up: 26.415 -> 26.42 and 28.915 -> 28.92 (unrounded the sum were 55.33)
        ([tiers(["50"], JIANGSU[:2])], "100", {}, "55.34"),
    ],
)  # fmt: skip
def test_a_household_pays_what_the_notice_says(charges, kwh, more, due):
    assert fits(bill(charges, kwh, **more), due)


def test_a_bonus_ends_on_its_day():
    """Guangdong's applications hold for two years: the month after it, limits are as for all."""
    read = tariff.tariff_of(tariff.catalogued("guangdong-residential"))
    held = rating.Entitlement("household", date(2024, 5, 1), date(2026, 5, 1), 5)
    holder = rating.Holder(entitlements=(held,))
    limits = [
        rating.terms_of(read, first_day=day, holder=holder).limits
        for day in (date(2026, 4, 30), date(2026, 5, 1))
    ]
    assert limits == [(300_000, 500_000), (260_000, 600_000)]


def test_a_bonus_inside_a_year_counts_its_months():
    """Jiangsu, a fifth person from 10 October on: 2760 + 300, 4800 + 300."""
    held = rating.Entitlement("household", date(2026, 10, 10), None, 5)
    terms = rating.terms_of(
        tariff.tariff_of(made(JIANGSU_DOCUMENT)),
        first_day=date(2026, 11, 1),
        holder=rating.Holder(entitlements=(held,)),
    )
    assert terms.limits == (3_060_000, 5_100_000)


def test_a_prepaid_meter_counts_the_year_by_what_was_bought():
    """Chongqing: 50 x 0.52 = 26.00, the other 74.00 at 0.57 are 129.82 kWh."""
    hundredths = {"quantity": {"step": "0.01", "mode": "half_up"}}
    charge = tiers(["2400", "4800"], ["0.52", "0.57", "0.82"], 12)
    read = tariff.tariff_of(made([charge], basis="purchase", rounding=hundredths))
    terms = rating.terms_of(read, first_day=date(2026, 11, 3))
    bought = rating.purchase(terms, fen("100"), before=rating.Before(2_350_000))
    assert bought.energy_wh == 179_820
    assert [line.amount_fen for line in bought.lines] == [2600, 7400]


def test_a_full_price_matrix_shares_each_tier_by_the_periods():
    """Zhejiang's prices as a matrix, 1500 and 700 after 2700: tiers of 60, 2040 and 100 kWh.

    Peak has 15/22 of each: 40.909, 1390.909, 68.181 kWh (whole Wh, no part twice).
    """
    rows = [
        {"peak": "0.568", "valley": "0.288"},
        {"peak": "0.618", "valley": "0.338"},
        {"peak": "0.868", "valley": "0.588"},
    ]
    charge = {**tiers(["2760", "4800"], [], 12), "kind": "matrix", "prices": rows}
    charges = bill([charge], {"peak": "1500", "valley": "700"}, before="2700")
    found = [(line.quantity, line.amount_fen) for line in charges.lines]
    assert found == [
        (40_909, 2324),
        (19_091, 550),
        (1_390_909, 85958),
        (649_091, 21939),
        (68_181, 5918),
        (31_819, 1871),
    ]
    assert charges.total_fen == 118_560
