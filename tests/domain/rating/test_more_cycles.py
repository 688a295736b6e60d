"""More worked cases of cycles that are no month and no year, of what is counted in begun months,
and of charges that stand on charges.

Reckoned on paper from the rule that stands beside each; nothing here asks the product.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from domain import rating, tariff

from .answers import tiers
from .documents import POWER_FACTOR, fen
from .worked import bill, fits, made

SUMMER, WINTER = [4, 5, 6, 7, 8, 9, 10], [11, 12, 1, 2, 3]
QUARTER = {
    "kind": "tiers",
    "cycle": {"months": 3},
    "limits": [
        {"per": "month", "months": SUMMER, "kwh": ["220", "360"]},
        {"per": "month", "months": WINTER, "kwh": ["160", "290"]},
    ],
    "prices": ["0.60", "0.65", "0.90"],
}
READING = {
    "kind": "tiers",
    "cycle": {"period": True},
    "limits": [{"per": "month", "kwh": ["200", "400"]}],
    "prices": ["0.52", "0.57", "0.82"],
}
FROM_APRIL = {
    "kind": "tiers",
    "cycle": {"months": 12, "from_month": 4},
    "limits": [{"kwh": ["1200"]}],
    "prices": ["3", "5"],
}
BY_DAYS = tiers(["300", "600"], ["1", "2", "3"], days_per_month=30)
HAINAN = [
    {"kind": "free_energy", "kwh_per_month": "10"},
    tiers(["220", "360"], ["0.6083", "0.6583", "0.9083"]),
]
UK = [
    {"kind": "energy", "price": "0.2845"},
    {"kind": "per_day", "price": "0.6097"},
    {"kind": "tax", "rates": [{"below_kwh_per_day": "33", "percent": "5"}, {"percent": "20"}]},
]
BY_SLAB = [
    tiers(["50", "100"], ["3.00", "4.00", "5.00"]),
    {
        "kind": "brackets",
        "brackets": [
            {"up_to_kwh": "50", "prices": ["0"], "fixed": "35"},
            {"up_to_kwh": "100", "prices": ["0"], "fixed": "45"},
            {"prices": ["0"], "fixed": "60"},
        ],
    },
    {"kind": "percentage", "percent": "10", "of": ["tiers"]},
]
ON_TAX = [
    {"line": "energy", "kind": "energy", "price": "1.00"},
    {"line": "fund", "kind": "energy", "price": "0.05"},
    {"line": "duty", "kind": "percentage", "percent": "6", "of": ["energy"]},
    {"line": "gst", "kind": "tax", "percent": "10", "of": ["energy", "duty"]},
]
REBATE = [
    {"kind": "energy", "price": "5"},
    {"kind": "percentage", "percent": "1", "credit": True},
]
MATRIX = {
    "kind": "matrix",
    "cycle": {"months": 1},
    "limits": [{"kwh": ["200"]}],
    "prices": [{"peak": "0.60", "valley": "0.30"}, {"peak": "0.70", "valley": "0.35"}],
}
FUNDS = {"kind": "energy", "price": "1.0452"}
DECEMBER = "2026-12-01/2027-01-01"


def reactive(standard):
    """7 MWh and 24 Mvarh are a factor of 7/25 = 0.28; the base is 7000.00."""
    factor = {"kind": "power_factor", **POWER_FACTOR[standard], "less_per_kwh": "0.0452"}
    return [FUNDS, factor], "7000", {"service": {"reactive_varh": (20_000_000, -4_000_000)}}


@pytest.mark.parametrize(
    ("charges", "kwh", "more", "due"),
    [
        # the last quarter has a month of summer and two of winter: 540 and 940
        ([QUARTER], "100", {"days": DECEMBER, "before": "500"}, "63.00"),
        ([QUARTER], "100", {"days": DECEMBER, "before": "900"}, "80.00"),
        # a year that begins in April: March goes on in it, April begins anew
        ([FROM_APRIL], "20", {"days": "2027-03-01/2027-04-01", "before": "1190"}, "80.00"),
        ([FROM_APRIL], "20", {"days": "2027-04-01/2027-05-01"}, "60.00"),
        # 15 March to 15 May are two months, to 16 May three: 400/800 and 600/1200
        ([READING], "900", {"days": "2026-03-15/2026-05-15"}, "518.00"),
        ([READING], "900", {"days": "2026-03-15/2026-05-16"}, "483.00"),
        # a reading month of 30 days over the first of May, 11/30 and 19/30 of 300; what was used
        # from 1 to 20 April stood under the limits of the reading month before
        ([BY_DAYS], "200", {"days": "2026-04-20/2026-05-01", "before": "190"}, "290.00"),
        ([BY_DAYS], "250", {"days": "2026-05-01/2026-05-20", "period_from": date(2026, 4, 20)},
         "310.00"),
        # fewer kWh than are free
        (HAINAN, "8", {}, "0"),
        # 30 kWh free in two months: 370 x 0.538
        ("zhejiang-residential", "400",
         {"days": "2026-01-01/2026-03-01", "holds": {"low-income": 1}}, "199.06"),
        # 396 kWh in the 12 days until somebody left are 33 a day: 112.66 + 7.32, and 20 %
        (UK, "396", {"days": "2026-04-01/2026-05-01", "served_until": date(2026, 4, 13)},
         "143.98"),
        # blocks, and a fixed sum that the total picks: 150 + 200 + 100, 60, 10 % of 450
        (BY_SLAB, "120", {}, "555.00"),
        (BY_SLAB, "100", {}, "430.00"),
        # 99.00 + 4.95; 5.94; 10 % of 104.94
        (ON_TAX, "99", {}, "120.38"),
        # 1 % back of 165.00
        (REBATE, "33", {}, "163.35"),
        # 150 of 201 kWh in the first tier: 44.78 + 22.61, and 17.76 + 8.97
        ([MATRIX], {"peak": "100", "valley": "101"}, {"before": "50"}, "94.12"),
        # kvarh of both directions: 10 + 5 + 37 x 2, 10 + 5 + 32 x 2, 10 + 5 + 27 x 2 %
        (*reactive("0.90"), {"power_factor": "6230.00"}),
        (*reactive("0.85"), {"power_factor": "5530.00"}),
        (*reactive("0.80"), {"power_factor": "4830.00"}),
    ],
)  # fmt: skip
def test_cycles_months_and_charges_on_charges_come_to_the_fen(charges, kwh, more, due):
    assert fits(bill(charges, kwh, **more), due)


@pytest.mark.parametrize(
    ("mode", "due"),
    [("half_up", "-0.13"), ("half_even", "-0.12"), ("down", "-0.12"), ("up", "-0.13")],
)
def test_what_is_given_back_is_rounded_like_what_is_asked_for(mode, due):
    line = {"step": "0.01", "mode": mode}
    back = {"kind": "energy", "price": "0.125", "credit": True, "rounding": line}
    assert fits(bill([back], "1"), due)


HOUSEHOLD = {"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}
YEAR = {
    "kind": "tiers",
    "cycle": {"months": 12},
    "limits": [{"per": "month", "kwh": ["200", "400"]}],
    "bonuses": [HOUSEHOLD],
    "prices": ["0.52", "0.57", "0.82"],
}
P04 = tiers(["500", "1000", "2000", "3000"], ["1.4316", "1.6954", "1.8154", "2.0418", "2.2070"])


@pytest.mark.parametrize(
    ("charge", "money", "bought", "kwh", "average"),
    [
        # five persons in a year of purchases, 3600: 50 x 0.52, and 74.00 at 0.57
        (YEAR, "100", "3550", "179.82", "0.5561"),
        # through all five blocks: 5420.70 for 3000 kWh, 4579.30 at 2.2070
        (P04, "10000", "0", "5074.90", "1.9705"),
        # two blocks to the cent, and a cent
        (P04, "1563.50", "0", "1000", "1.5635"),
        (P04, "0.01", "0", "0.01", "1.0000"),
    ],
)
def test_money_ends_in_the_block_that_it_reaches(charge, money, bought, kwh, average):
    rounding = {
        "quantity": {"step": "0.01", "mode": "half_up"},
        "price": {"step": "0.0001", "mode": "half_up"},
    }
    read = tariff.tariff_of(made([charge], basis="purchase", rounding=rounding))
    held = rating.Holder(entitlements=(rating.Entitlement("household", date(2026, 1, 1), None, 5),))
    terms = rating.terms_of(read, first_day=date(2026, 6, 1), holder=held)
    sold = rating.purchase(terms, fen(money), before=rating.Before(fen(bought) * 10))
    assert sold.energy_wh == fen(kwh) * 10
    assert Decimal(sold.average_price) / 10**8 == Decimal(average)


def test_a_reading_that_was_too_low_moves_the_months_after_it_into_the_third_tier():
    """January 2700 kWh was 3000: 1484.88 + 141.12, then 1058.40 + 167.60, then 300 x 0.838."""

    def year(*months):
        days = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
        spans = [f"{since}/{until}" for since, until in pairwise(days)]
        before = [str(sum(months[:i])) for i in range(3)]
        each = zip(months, spans, before, strict=True)
        return [
            bill("zhejiang-residential", str(kwh), days=span, before=so_far).total_fen
            for kwh, span, so_far in each
        ]

    assert year(2700, 2000, 300) == [145260, 117300, 22640]
    assert year(3000, 2000, 300) == [162600, 122600, 25140]
