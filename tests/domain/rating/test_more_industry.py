"""More worked cases of industry: capacity, demand, power factor, losses, by hand."""

from datetime import date

import pytest

from domain import rating
from domain.metering import Span, ratio_of, used_wh

from .documents import POWER_FACTOR, wh
from .worked import bill, fits

FUND = {"less_per_kwh": "0.0452"}
HUBEI = {
    "agent_purchase": {"price": "0.384470", "floats": True},
    "line_loss": {"price": "0.013643", "floats": True},
}
DECLARED = {
    "kind": "demand",
    "price": "42",
    "proration": "thirtieth",
    "mode": "declared",
    "free_percent": "105",
    "excess_times": 2,
    "floor_percent": "40",
}
CAPACITY = {"kind": "per_kva", "price": "26.3", "proration": "thirtieth"}
LOSS = {"kind": "loss", "iron_kw": "0.48", "percent": "1.5",
        "iron_kvar": "4", "reactive_percent": "6"}  # fmt: skip
ENERGY = {"kind": "energy", "price": "0.65"}
SUB_METER = {"line": "sub_meter", "kind": "given_energy", "deducted": True}
TABLE_LOSS = {"line": "table_loss", "kind": "given_energy"}
AGREED = {"line": "agreed", "kind": "given_energy"}
METERED = {"given_wh": (("sub_meter", 1_200_000), ("table_loss", 150_000), ("agreed", -20_000))}


def factor(standard: str, **more: object) -> dict:
    return {"kind": "power_factor", **POWER_FACTOR[standard], **more}


def var(kvarh: int, other: int = 0) -> dict:
    return {"reactive_varh": (kvarh * 1000, other * 1000)}


LARGE = [ENERGY, {"kind": "demand", "price": "42", "mode": "measured", "proration": "whole"},
         factor("0.90", **FUND)]  # fmt: skip


@pytest.mark.parametrize(
    ("charges", "kwh", "service", "due"),
    [
        # at 105 % the declared kW; above it the excess doubles: 1000 + 2 x 50 kW
        ([DECLARED], "0", {"declared_w": 10**6, "demand_w": 1_050_000}, "42000.00"),
        ([DECLARED], "0", {"declared_w": 10**6, "demand_w": 1_100_000}, "46200.00"),
        # less than 40 % of 3150 kVA: 1260 kW
        ([DECLARED], "0", {"declared_w": 10**6, "demand_w": 9, "capacity_va": 3_150_000},
         "52920.00"),
        # 65000.00 + 42000.00 - 4520.00 of funds; 45 Mvarh both ways: 0.9119 -> 0.91, -0.15 %
        (LARGE, "100000", {"demand_w": 10**6, **var(40_000, 5_000)},
         {"power_factor": "-153.72", "total": "106846.28"}),
        # only what is drawn: 100 / sqrt(100^2 + 40^2) = 0.9285 -> 0.93, -0.45 %
        ([*LARGE[:2], factor("0.90", **FUND, reactive="drawn")], "100000",
         {"demand_w": 10**6, **var(40_000, 5_000)}, {"power_factor": "-461.16"}),
        # the same with the funds in the base: 107000.00
        ([*LARGE[:2], factor("0.90")], "100000", {"demand_w": 10**6, **var(40_000, 5_000)},
         {"power_factor": "-160.50"}),
        # 0.85: 0.93 -> -0.5 - 3 x 0.15; 0.62 -> 10 + 3 x 1
        ([ENERGY, factor("0.85")], "10000", {"power_factor": 93}, {"power_factor": "-61.75"}),
        ([ENERGY, factor("0.85")], "10000", {"power_factor": 62}, {"power_factor": "845.00"}),
        # 0.80: 0.57 -> 10 + 3 x 1; 0.53 -> 15 + 2 x 2
        ([ENERGY, factor("0.80")], "10000", {"power_factor": 57}, {"power_factor": "845.00"}),
        ([ENERGY, factor("0.80")], "10000", {"power_factor": 53}, {"power_factor": "1235.00"}),
        # lighting behind its own meter stands after the adjustment: it is no part of the base
        ([ENERGY, factor("0.90"), {"line": "lighting", "kind": "given"}], "10000",
         {"power_factor": 95, "given": (("lighting", 81_000),)},
         {"power_factor": "-48.75", "total": "7261.25"}),
        # low-side metering: 0.48 kW x 744 h + 1.5 % of 20000 = 657.12 kWh
        ([LOSS, ENERGY], "20000", {}, "13427.13"),
        # and a line behind the transformer loses 2 % of both: 21070.262 kWh
        ([LOSS, {"line": "line_loss", "kind": "loss", "percent": "2"}, ENERGY], "20000", {},
         "13695.67"),
        # and 4 x 744 + 6 % of 20000 = 4176 kvarh on top of 6000: 20657.12 / 23029.8 -> 0.90
        ([LOSS, ENERGY, factor("0.90")], "20000", var(6_000), {"power_factor": "0"}),
        ([LOSS, ENERGY, factor("0.90")], "20000", var(7_000), {"power_factor": "134.27"}),
        # 10000 read - 1200 sub-meter + 150 by the table - 20 agreed = 8930 kWh
        ([SUB_METER, TABLE_LOSS, AGREED, ENERGY], "10000", METERED, "5804.50"),
    ],
)  # fmt: skip
def test_industry_pays_what_the_rules_say(charges, kwh, service, due):
    assert fits(bill(charges, kwh, service=service), due)


def test_more_than_was_used_is_not_deducted():
    with pytest.raises(rating.MoreDeductedThanUsed):
        bill([SUB_METER, ENERGY], "1000", service=METERED)


def test_a_real_bills_lines_come_of_one_document():
    """110 kV, 2025-11: four periods, demand x 39, and -0.75 % of all but the funds."""
    charges = [
        {"kind": "energy", "prices": {"sharp": "0.636869", "peak": "0.628683", "flat": "0.551646",
                                      "valley": "0.55088"}},
        {"kind": "demand", "price": "39", "mode": "measured", "proration": "whole"},
        factor("0.90", **FUND),
    ]  # fmt: skip
    used = {"valley": "1373742", "flat": "2423781", "peak": "1856056", "sharp": "584225"}
    found = bill(charges, used, service={"demand_w": 20_160_000, "power_factor": 96})
    # 756766.99 + 1337069.09 + 1166870.85 + 372074.79; base less 6237804 x 0.0452 = 281948.74
    lines = {"energy": "3632781.72", "demand": "786240.00", "power_factor": "-31028.05"}
    assert fits(found, lines | {"total": "4387993.67"})


def test_the_lines_of_a_state_grid_bill_are_charges_of_their_own():
    """1000 kWh peak and 500 valley, every component a line, each rounded by itself."""
    floating = {"peak": "1.49", "valley": "0.45"}
    charges = [
        {"line": "agent_purchase", "kind": "energy", "ratios": floating,
         "components": {"it": HUBEI["agent_purchase"]}},
        {"line": "line_loss", "kind": "energy", "ratios": floating,
         "components": {"it": HUBEI["line_loss"]}},
        {"line": "grid", "kind": "energy", "price": "0.0884"},
        {"line": "system", "kind": "energy", "price": "0.082273"},
        factor("0.90"),
        {"line": "fund", "kind": "energy", "price": "0.0452"},
    ]  # fmt: skip
    found = bill(charges, {"peak": "1000", "valley": "500"}, service={"power_factor": 95})
    assert fits(
        found,
        {
            "agent_purchase": "659.37",  # 572.86 + 86.51
            "line_loss": "23.40",  # 20.33 + 3.07
            "grid": "132.60",
            "system": "123.41",
            "power_factor": "-7.04",  # of 938.78
            "fund": "67.80",
            "total": "999.54",
        },
    )


def test_a_capacity_that_is_reduced_costs_a_thirtieth_a_day():
    """April: 1000 kVA for 20 days, 630 kVA for 10; in May the 31st day costs nothing."""
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    large, small = {"capacity_va": 1_000_000}, {"capacity_va": 630_000}
    first = bill([CAPACITY], days="2026-04-01/2026-04-21", service=large)
    then = bill([CAPACITY], days="2026-04-21/2026-05-01", service=small, period_from=april)
    assert fits(first, "17533.33")
    assert fits(then, "5523.00")
    first = bill([CAPACITY], days="2026-05-01/2026-05-21", service=large)
    then = bill([CAPACITY], days="2026-05-21/2026-06-01", service=large, period_from=may)
    assert first.total_fen + then.total_fen == 2_630_000


def test_a_price_that_changes_inside_the_period_is_rated_by_the_freeze_or_by_days():
    """310 kWh, 14 days at 0.55 and 17 at 0.58; the freeze of the change says 123.45 kWh."""
    old, new = ([{"kind": "energy", "price": price}] for price in ("0.55", "0.58"))
    assert bill(old, "123.45").total_fen + bill(new, "186.55").total_fen == 6790 + 10820
    halves = rating.Consumption((0, 0, wh("310"), 0, 0)).by_days([14, 17])
    assert [part.total_wh for part in halves] == [140_000, 170_000]


def test_what_a_month_costs_is_shared_by_the_versions_of_the_month():
    """A month at 30.00, from the 15th on at 31.00: 14/30 and 16/30, or 14/31 and 17/31."""
    may = date(2026, 5, 1)
    for rule, sums in (("thirtieth", (1400, 1653)), ("days", (1355, 1700)), ("whole", (3000, 0))):
        old, new = ([{"kind": "per_month", "price": p, "proration": rule}] for p in ("30", "31"))
        first = bill(old, days="2026-05-01/2026-05-15")
        then = bill(new, days="2026-05-15/2026-06-01", period_from=may)
        assert (first.total_fen, then.total_fen) == sums


def test_meters_with_ratios_that_change_inside_the_period():
    """CT 200/5 to 300/5 with a reading in between: 12.5 x 40 + 8.25 x 60."""
    spans = (
        Span(wh("100"), wh("112.5"), ratio_of("200/5", "1")),
        Span(wh("112.5"), wh("120.75"), ratio_of("300/5", "1")),
    )
    assert used_wh(spans) == wh("995")
