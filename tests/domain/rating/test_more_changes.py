"""More worked cases of what changes on the way: a version, a household, a season, a choice."""

from datetime import date

import pytest

from domain import rating, tariff

from .documents import used_by_period, wh
from .worked import bill, fits, made

BONUS = {"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}
SUMMER, REST = [7, 8], [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]
FREE = {"line": "free", "kind": "free_energy", "order": ["flat"]}


def year(limits: list[str], prices: list[str], **more) -> dict:
    charge = {"line": "energy", "kind": "tiers", "cycle": {"months": 12}, "bonuses": [BONUS]}
    return {**charge, "limits": [{"kwh": limits}], "prices": prices} | more


UNTIL_JUNE = [year(["2760", "4800"], ["0.538", "0.588", "0.838"])]
FROM_JULY = [year(["3000", "5000"], ["0.50", "0.55", "0.80"])]


@pytest.mark.parametrize(
    ("charges", "kwh", "days", "before", "due"),
    [
        # 60 x 0.538 + 50 x 0.588 = 32.28 + 29.40
        (UNTIL_JUNE, "110", "2026-06-20/2026-07-01", "2700", "61.68"),
        # the year counts on, by the new version's limits: 190 x 0.50
        (FROM_JULY, "190", "2026-07-01/2026-07-20", "2810", "95.00"),
        # 110 of them at 0.55
        (FROM_JULY, "300", "2026-07-01/2026-08-01", "2810", "155.50"),
    ],
)
def test_a_new_version_goes_on_in_the_same_year_of_tiers(charges, kwh, days, before, due):
    assert fits(bill(charges, kwh, days=days, before=before), due)


@pytest.mark.parametrize(
    ("days", "before", "due"),
    [
        # not yet: 60 x 0.538 + 240 x 0.588
        ("2026-04-01/2026-05-01", "2700", "173.40"),
        # eight months of 100 from May on: 3560 in the first tier
        ("2026-05-01/2026-06-01", "2700", "161.40"),
        # 60 x 0.538 + 240 x 0.588
        ("2026-06-01/2026-07-01", "3500", "173.40"),
    ],
)
def test_a_household_that_grows_on_the_20th_of_may_lifts_the_year_from_may_on(days, before, due):
    grown = rating.Entitlement("household", date(2026, 5, 20), count=5)
    first_day, until = map(date.fromisoformat, days.split("/"))
    terms = rating.terms_of(
        tariff.tariff_of(made(UNTIL_JUNE)),
        first_day=first_day,
        until=until,
        holder=rating.Holder(entitlements=(grown,)),
    )
    assert fits(rating.rate(terms, used_by_period({"flat": "300"}, before=before)), due)


def test_a_sharp_period_of_summer_and_a_deep_valley_of_holidays():
    """Summer 1.10 / 0.70 / 0.30 and 1.2 times the peak; else 0.95 / 0.70 / 0.32 and 0.8 of it."""
    rules = [
        {"months": SUMMER, "days": ["workday"], "periods": {
            "sharp": ["20:00-22:00"], "peak": ["16:00-20:00", "22:00-24:00"],
            "flat": ["06:00-12:00", "14:00-16:00"], "valley": ["00:00-06:00", "12:00-14:00"]}},
        {"months": SUMMER, "days": ["weekend", "holiday", "hot"], "periods": {
            "peak": ["16:00-22:00"], "flat": ["06:00-12:00", "14:00-16:00", "22:00-24:00"],
            "valley": ["00:00-06:00", "12:00-14:00"]}},
        {"months": REST, "days": ["workday", "weekend", "hot"], "periods": {
            "peak": ["16:00-24:00"], "flat": ["06:00-12:00", "14:00-16:00"],
            "valley": ["00:00-06:00", "12:00-14:00"]}},
        {"months": REST, "days": ["holiday"], "periods": {
            "peak": ["16:00-24:00"], "flat": ["06:00-10:00", "14:00-16:00"],
            "valley": ["00:00-06:00"], "deep_valley": ["10:00-14:00"]}},
    ]  # fmt: skip
    prices = {"peak": "1.10", "flat": "0.70", "valley": "0.30"}
    summer = prices | {"sharp": {"of": "peak", "times": "1.2"}}
    rest = {"peak": "0.95", "flat": "0.70", "valley": "0.32"}
    rest |= {"deep_valley": {"of": "valley", "times": "0.8"}}
    read = tariff.tariff_of(
        made(
            [
                {"line": "summer", "kind": "energy", "prices": summer, "when": {"months": SUMMER}},
                {"line": "rest", "kind": "energy", "prices": rest, "when": {"months": REST}},
            ],
            schedule=rules,
        )
    )

    def due(month: int, *kwh: str) -> int:
        sharp, peak, flat, valley, deep = map(wh, kwh)
        terms = rating.terms_of(read, first_day=date(2026, month, 1))
        return rating.rate(terms, rating.Consumption((sharp, peak, flat, valley, deep))).total_fen

    assert due(7, "10", "100", "200", "50", "0") == 13_20 + 110_00 + 140_00 + 15_00
    assert due(10, "0", "100", "200", "50", "33.333") == 95_00 + 140_00 + 16_00 + 8_53
    with pytest.raises(rating.PeriodNotPriced):
        due(10, "1", "0", "0", "0", "0")
    with pytest.raises(rating.PeriodNeedsCut):
        rating.terms_of(read, first_day=date(2026, 8, 20), until=date(2026, 9, 20))


INDUSTRY = [
    {"line": "energy", "kind": "energy", "price": "0.651886"},
    {"line": "basic", "kind": "per_kva", "price": "26.3", "proration": "thirtieth",
     "when": {"lacks": "demand-billing"}},
    {"line": "demand", "kind": "demand", "price": "42", "proration": "thirtieth",
     "mode": "declared", "free_percent": "105", "excess_times": 2, "floor_percent": "40",
     "when": {"holds": "demand-billing"}},
    {"line": "factor", "kind": "power_factor", "standard": "0.90", "less_per_kwh": "0.0452",
     "rewards": [{"to": "0.95", "percent": "0.15"}],
     "penalties": [{"to": "0.70", "percent": "0.5"}, {"to": "0.65", "percent": "1"},
                   {"to": "0.00", "percent": "2"}]},
]  # fmt: skip
MARCH = "2026-03-01/2026-04-01"


@pytest.mark.parametrize(
    ("service", "more", "due"),
    [
        # kvarh of both directions: factor 0.85, 2.5 % of 65188.60 + 26300.00 - 4520.00
        ({"capacity_va": wh("1000"), "reactive_varh": (wh("60000"), wh("2000"))}, {},
         {"basic": "26300.00", "factor": "2174.22", "total": "93662.82"}),
        # 560 kW of 500 declared: 35 above 525, twice: 570 kW; factor 0.86
        ({"capacity_va": wh("1000"), "declared_w": wh("500"), "demand_w": wh("560"),
          "reactive_varh": (wh("60000"), 0)}, {"holds": {"demand-billing": 1}},
         {"demand": "23940.00", "factor": "1692.17", "total": "90820.77"}),
        # 300 declared are 400, 40 % of the capacity, for 16 days of thirty; factor 0.98 gets 0.75 %
        ({"capacity_va": wh("1000"), "declared_w": wh("300"), "demand_w": wh("300"),
          "reactive_varh": (wh("20000"), 0)},
         {"holds": {"demand-billing": 1}, "days": "2026-03-16/2026-04-01",
          "served_from": date(2026, 3, 16)},
         {"demand": "8960.00", "factor": "-522.21", "total": "73626.39"}),
    ],
)  # fmt: skip
def test_who_chooses_demand_pays_no_capacity(service, more, due):
    assert fits(bill(INDUSTRY, "100000", service=service, **{"days": MARCH} | more), due)


@pytest.mark.parametrize(
    ("before", "held", "kwh", "lines"),
    [
        # 500 = 90.00 + 20 x 2.0970 + 123.4 x 2.4541 (302.84) + 15 %: 65.22; and 50 kWh on top
        (rating.Before(80_000, months_due=1), True, 193_400, [0, 90_00, 41_94, 302_84, 65_22]),
        # later in that month: paid and given already; 434.78 at 2.6738
        (rating.Before(480_500, free_wh=50_000, months_due=0), True, 162_600, [434_78, 65_22]),
        (rating.Before(480_500, months_due=0), False, 162_600, [434_78, 65_22]),
    ],
)
def test_money_buys_in_blocks_with_a_free_quota_and_a_monthly_charge(before, held, kwh, lines):
    charges = [
        {**FREE, "kwh_per_month": "50", "when": {"holds": "indigent"}},
        {"line": "service", "kind": "per_month", "price": "90", "proration": "whole"},
        {"line": "energy", "kind": "tiers", "cycle": {"months": 1},
         "limits": [{"kwh": ["100", "400", "650"]}],
         "prices": ["2.0970", "2.4541", "2.6738", "2.8824"]},
        {"line": "vat", "kind": "tax", "percent": "15"},
    ]  # fmt: skip
    tenths = {"quantity": {"step": "0.1", "mode": "half_up"}}
    read = tariff.tariff_of(made(charges, basis="purchase", rounding=tenths))
    holder = rating.Holder(
        entitlements=(rating.Entitlement("indigent", date(2026, 1, 1)),) if held else ()
    )
    terms = rating.terms_of(read, first_day=date(2026, 7, 5), holder=holder)
    bought = rating.purchase(terms, 500_00, before=before)
    assert bought.energy_wh == kwh
    assert [line.amount_fen for line in bought.lines] == lines


@pytest.mark.parametrize(
    ("holds", "due"),
    [
        ({"flat-price": 1, "household": 7}, "425.81"),  # 700 x 0.6083
        # 15 free; 360 x 0.589 + 325 x 0.639
        ({"household": 7, "low-income": 1}, "419.72"),
        ({"low-income": 1}, "445.97"),  # 260 x 0.589 + 340 x 0.639 + 85 x 0.889
    ],
)
def test_a_household_of_seven_may_choose_one_price_for_all(holds, due):
    charges = [
        {**FREE, "kwh_per_month": "15", "when": {"holds": "low-income"}},
        {"line": "flat", "kind": "energy", "price": "0.6083", "when": {"holds": "flat-price"}},
        year(["260", "600"], ["0.589", "0.639", "0.889"], cycle={"months": 1},
             when={"lacks": "flat-price"}),
    ]  # fmt: skip
    assert fits(bill(charges, "700", holds=holds), due)
