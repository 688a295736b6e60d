"""More worked cases of tariffs elsewhere, and of tokens that money buys, by hand."""

from datetime import date

import pytest

from domain import rating, tariff

from .answers import tiers
from .documents import fen
from .worked import bill, fits, made

UK = [
    {"kind": "energy", "price": "0.28"},
    {"kind": "per_day", "price": "0.52"},
    {"kind": "tax", "rates": [{"below_kwh_per_day": "33", "percent": "5"}, {"percent": "20"}]},
]
APRIL = {"days": "2026-04-01/2026-05-01"}
MALAYSIA_FACTOR = {
    "kind": "power_factor",
    "standard": "0.85",
    "penalties": [{"to": "0.75", "percent": "1.5"}, {"to": "0.00", "percent": "3"}],
}
KERALA = [
    tiers(["50", "100", "150"], ["3.15", "3.95", "5.00", "6.80"]),
    {"line": "fuel", "kind": "energy", "price": "0.10"},
    {"line": "duty", "kind": "percentage", "percent": "10", "of": ["tiers"]},
    {"line": "rent", "kind": "per_month", "price": "6", "proration": "whole"},
    {"line": "rent_tax", "kind": "tax", "percent": "18", "of": ["rent"]},
    {
        "line": "subsidy",
        "kind": "brackets",
        "credit": True,
        "brackets": [
            {"up_to_kwh": "40", "prices": ["1.50"]},
            {"up_to_kwh": "120", "limits_kwh": ["40"], "prices": ["1.50", "0.50"]},
            {"prices": ["0"]},
        ],
    },
]
CAPE_TOWN = {
    "kind": "brackets",
    "brackets": [
        {"up_to_kwh": "349.999", "limits_kwh": ["60"], "prices": ["0", "1.20"]},
        {"up_to_kwh": "449.999", "limits_kwh": ["25"], "prices": ["0", "1.20"]},
        {"prices": ["1.20"]},
    ],
}
MADHYA_PRADESH = tiers(["50", "100"], ["4", "5", "6"], days_per_month=30)
MADHYA_PRADESH["cycle"] = {"period": True}
SCALED = {
    "kind": "brackets",
    "days_per_month": 30,
    "brackets": [{"up_to_kwh": "100", "prices": ["1"]}, {"prices": ["2"]}],
}
YEN = {"step": "1", "mode": "down"}
JAPAN = [
    {
        "line": "basic",
        "kind": "per_kva",
        "proration": "whole",
        "steps": [
            {"up_to_kva": "6", "fixed": "1296"},
            {"up_to_kva": "10", "fixed": "2160"},
            {"fixed": "2160", "above_kva": "10", "price": "280.80"},
        ],
    },
    tiers(["120", "300"], ["19.52", "26.00", "30.02"]),
    {"line": "fuel", "kind": "energy", "price": "3.11", "credit": True},
    {"line": "levy", "kind": "energy", "price": "2.25", "rounding": YEN},
    {"kind": "rounding", "to": YEN},
]
HONG_KONG = [
    tiers(["400", "1000"], ["0.90", "1.05", "1.25"], 2),
    {"line": "fuel", "kind": "energy", "price": "0.388"},
]
GROSS = [
    {"kind": "energy", "price": "1.13"},
    {"line": "vat", "kind": "tax", "percent": "13", "included": True},
]
INDIAN_MINIMUM = [
    {"kind": "energy", "price": "6"},
    {"kind": "minimum", "price": "60", "unit": "kW", "proration": "whole"},
]


@pytest.mark.parametrize(
    ("charges", "kwh", "more", "due"),
    [
        # 98.00 + 15.60, and 5 % of both (published beside P07)
        (UK, "350", APRIL, {"tax": "5.68", "total": "119.28"}),
        # 33 kWh a day and more: 277.20 + 15.60, 20 %
        (UK, "990", APRIL, {"tax": "58.56", "total": "351.36"}),
        # 10 x 1.5 % + 5 x 3 % below 0.85
        ([{"kind": "given"}, MALAYSIA_FACTOR], "0",
         {"service": {"power_factor": 70, "given": (("given", 200_000),)}},
         {"power_factor": "600.00"}),
        # 2 sen up to the next five, and down
        ([{"kind": "energy", "price": "0.218"},
          {"kind": "rounding", "to": {"step": "0.05", "mode": "half_up"}}], "101", {}, "22.00"),
        # whole dollars: 1234.50 -> 1235
        ([{"kind": "energy", "price": "2.469"},
          {"kind": "rounding", "to": {"step": "1", "mode": "half_up"}}], "500", {}, "1235.00"),
        # a fuel surcharge of 23.5 % on the whole: 80.00 + 10.00
        ([{"kind": "energy", "price": "0.80"}, {"kind": "per_month", "price": "10",
                                                "proration": "whole"},
          {"kind": "percentage", "percent": "23.5"}], "100", {},
         {"percentage": "21.15", "total": "111.15"}),
        # 157.50 + 197.50 + 100.00; fuel 12.00; duty 45.50; rent 6.00 + 1.08; less 60 + 40
        (KERALA, "120", {}, {"tiers": "455.00", "fuel": "12.00", "duty": "45.50",
                             "rent_tax": "1.08", "subsidy": "-100.00", "total": "419.58"}),
        (KERALA, "121", {}, {"subsidy": "0"}),
        # 60 kWh free below 350, 25 below 450, none above
        ([CAPE_TOWN], "349", {}, "346.80"),
        ([CAPE_TOWN], "350", {}, "390.00"),
        ([CAPE_TOWN], "450", {}, "540.00"),
        # slabs of 36/30 of a month: 60/120, so 60 x 4 + 60 x 5 + 10 x 6
        ([MADHYA_PRADESH], "130", {"days": "2026-05-01/2026-06-06"}, "600.00"),
        # brackets over 36 days: 120 kWh are still the lower one
        ([SCALED], "120", {"days": "2026-05-01/2026-06-06"}, "120.00"),
        ([SCALED], "120", {}, "240.00"),
        # the other brackets of P13: 150 x 1.50 + 20, 200 x 2 + 250 x 3 + 30
        ("tamil-nadu-domestic-slab", "150", {}, "245.00"),
        ("tamil-nadu-domestic-slab", "450", {}, "1180.00"),
        # 1296 + 2342.40 + 4680.00 + 1501.00 - 1088.50 + 787 (cut off), all cut off to yen
        (JAPAN, "350", {"service": {"capacity_va": 6000}},
         {"basic": "1296", "levy": "787", "rounding": "-0.90", "total": "9517"}),
        (JAPAN, "0", {"service": {"capacity_va": 12_500}}, {"basic": "2862.00"}),
        # blocks of two months: the second goes on in them, under another month's fuel clause
        (HONG_KONG, "350", {"before": "200"}, {"tiers": "337.50", "fuel": "135.80"}),
        # what the price contains of tax is shown and costs nothing more
        (GROSS, "1000", {}, {"energy": "1130.00", "vat": "0", "total": "1130.00"}),
        # at least 60 for each contracted kW: 5 kW, 180.00 used
        (INDIAN_MINIMUM, "30", {"service": {"declared_w": 5000}},
         {"minimum": "120.00", "total": "300.00"}),
        (INDIAN_MINIMUM, "51", {"service": {"declared_w": 5000}}, "306.00"),
    ],
)  # fmt: skip
def test_elsewhere_they_pay_what_their_rules_say(charges, kwh, more, due):
    assert fits(bill(charges, kwh, **more), due)


def test_a_contained_tax_says_how_much_it_is():
    (line,) = (line for line in bill(GROSS, "1000").lines if line.line == "vat")
    assert (line.unit, line.quantity, line.contained_fen) == (rating.CONTAINED, 113_000, 13_000)


def test_a_fixed_sum_of_a_bracket_and_a_free_quota_are_owed_once_in_a_period_that_is_cut():
    free = {"kind": "free_energy", "kwh_per_month": "15"}
    charges = [free, {"kind": "brackets", "brackets": [{"prices": ["1"], "fixed": "20"}]}]
    first = bill(charges, "50", days="2026-05-01/2026-05-15")
    then = bill(charges, "50", days="2026-05-15/2026-06-01", period_from=date(2026, 5, 1))
    assert (first.total_fen, then.total_fen) == (5500, 5000)


def test_tiers_of_a_billing_period_go_on_where_it_is_cut():
    """36 days, cut after 24: blocks of 40/80 up to there, and of 60/120 in all."""
    first = bill([MADHYA_PRADESH], "70", days="2026-05-01/2026-05-25")
    then = bill(
        [MADHYA_PRADESH],
        "60",
        days="2026-05-25/2026-06-06",
        before="70",
        period_from=date(2026, 5, 1),
    )
    assert (first.total_fen, then.total_fen) == (16000 + 15000, 25000 + 6000)


def sold(*charges: dict, step: str = "0.01", mode: str = "half_up") -> rating.Terms:
    quantity = {"step": step, "mode": mode}
    document = made(list(charges), basis="purchase", rounding={"quantity": quantity})
    return rating.terms_of(tariff.tariff_of(document), first_day=date(2026, 5, 4))


FREE_BASIC = {"kind": "free_energy", "kwh_per_month": "50"}
P04 = tiers(["500", "1000", "2000"], ["1.4316", "1.6954", "1.8154", "2.0418"])
EACH_DAY = {"kind": "per_day", "price": "3"}
FIRST_PURCHASE = {"kind": "per_month", "price": "200", "proration": "whole"}
ARREARS = {"line": "arrears", "kind": "given"}
TWO = {"kind": "energy", "price": "2"}
ONE_OR_TWO = tiers(["100"], ["1", "2"])
ABOVE = [{"line": "tiers", "from_tier": 2}]
DUTY = {"kind": "percentage", "percent": "10"}


@pytest.mark.parametrize(
    ("charges", "money", "before", "kwh"),
    [
        # 20 x 1.4316 = 28.63, then 71.37 at 1.6954
        ([P04], "100", {"bought_wh": 480_000}, "62.10"),
        # the last block has no end
        ([P04], "1000", {"bought_wh": 2_500_000}, "489.76"),
        # 50 kWh free once a month, on top, and not counted in the blocks
        ([FREE_BASIC, TWO], "200", {}, "150"),
        ([FREE_BASIC, TWO], "200", {"free_wh": 50_000}, "100"),
        ([FREE_BASIC, TWO], "0", {}, "50"),
        # R90 a month as R3 a day, 12 days since the last purchase
        ([EACH_DAY, TWO], "200", {"standing_days": 12}, "82"),
        # R200 with the first purchase of the month; two months passed without one
        ([FIRST_PURCHASE, TWO], "500", {}, "150"),
        ([FIRST_PURCHASE, TWO], "500", {"months_due": 0}, "250"),
        ([FIRST_PURCHASE, TWO], "700", {"months_due": 3}, "50"),
        # an instalment of arrears goes first
        ([ARREARS, TWO], "100", {"given": (("arrears", 2500),)}, "37.50"),
        # 15 % of tax on top of energy only: 200 / 1.15 = 173.913...
        ([TWO, {"kind": "tax", "percent": "15"}], "200", {}, "86.96"),
        # 5 % in the second block only: 100.00, then 300 / 1.05 = 285.714... at 2
        ([ONE_OR_TWO, {"kind": "tax", "percent": "5", "of": ABOVE}], "400", {}, "242.86"),
        # 10 % of 200.00, and 10 % of both
        ([TWO, DUTY, {"kind": "tax", "percent": "10"}], "242", {}, "100"),
        # the tax stands before the monthly charge, and so is on energy only: 200 / 1.1 = 181.818...
        ([TWO, DUTY, FIRST_PURCHASE], "400", {}, "90.91"),
    ],
)
def test_money_buys_what_the_rules_say(charges, money, before, kwh):
    bought = rating.purchase(sold(*charges), fen(money), before=rating.Before(**before))
    assert bought.energy_wh == fen(kwh) * 10
    assert sum(line.amount_fen for line in bought.lines) == fen(money)


def test_what_rounding_leaves_goes_to_a_tax_that_is_due():
    """10 cents: 9.52 of energy, rounded up, and 5 % of it, rounded up as well, are 11."""
    on_all = {"line": "vat", "kind": "tax", "percent": "5", "of": ["tiers"]}
    on_more = {"line": "levy", "kind": "tax", "percent": "9", "of": ABOVE}
    bought = rating.purchase(sold(ONE_OR_TWO, on_all, on_more), 10)
    assert [line.amount_fen for line in bought.lines] == [10, 0, 0]


def test_what_is_free_does_not_count_in_the_blocks():
    bought = rating.purchase(sold(FREE_BASIC, P04), fen("715.80"))
    assert (bought.energy_wh, bought.bought_wh) == (550_000, 500_000)


def test_a_tshwane_token_that_ends_two_blocks_on():
    """R500 after 350 kWh: 434.78 before tax, 50 x 2.4541 = 122.71, then 116.7 at 2.6738."""
    read = tariff.tariff_of(tariff.catalogued("tshwane-prepaid-inclining-block"))
    terms = rating.terms_of(read, first_day=date(2022, 8, 1))
    assert rating.purchase(terms, 50_000, before=rating.Before(350_000)).energy_wh == 166_700


def test_money_that_does_not_cover_what_is_due_buys_nothing():
    with pytest.raises(rating.PurchaseTooSmall):
        rating.purchase(sold(FIRST_PURCHASE, TWO), fen("199.99"))
