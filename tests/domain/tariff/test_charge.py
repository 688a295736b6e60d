"""Charges of every kind, wrong in every way that a clerk may be wrong."""

import pytest

from domain import tariff
from tests.domain.rating import kinds
from tests.domain.rating.documents import POWER_FACTOR, document, schedule

ENERGY = {"kind": "energy", "price": "0.5"}
DAY = schedule("peak", "valley")
LIMITS = {"cycle": {"months": 1}, "limits": [{"kwh": ["200", "400"]}]}
TIERS = {"kind": "tiers", **LIMITS, "prices": ["1", "2", "3"]}
BAND = {"to": "0.95", "percent": "0.15"}


def refused(*charges: dict, **more) -> str:
    with pytest.raises(tariff.TariffInvalid) as found:
        tariff.tariff_of(document(*charges, **more))
    return found.value.fields["path"]


@pytest.mark.parametrize(
    ("charge", "path"),
    [
        ({"kind": "energy"}, ""),
        ({"kind": "energy", "prices": {}}, ".prices"),
        ({"kind": "energy", "components": {"a": {"price": "1"}}}, ""),
        ({"kind": "energy", "price": "0.5", "prices": {"peak": "1"}}, ".prices"),
        ({"kind": "matrix", **LIMITS, "prices": [{"peak": "1", "valley": "1"}]}, ".prices"),
        (
            {"kind": "matrix", **LIMITS, "prices": [{"peak": "1"}, {"peak": "1"}, {"flat": "1"}]},
            ".prices[2]",
        ),
        ({**TIERS, "prices": ["1", "2"]}, ".prices"),
        ({**TIERS, "prices": ["1", "-2", "3"]}, ".prices[1]"),
        ({**TIERS, "adders": ["0", "0", "0"]}, ".prices"),
        ({**TIERS, "cycle": {"months": 0}}, ".cycle.months"),
        ({**TIERS, "cycle": {"period": False}}, ".cycle.period"),
        ({**TIERS, "limits": [{"kwh": ["0", "400"]}]}, ".limits[0].kwh"),
        ({**TIERS, "limits": [{"kwh": ["1"], "until": "2020-01-01"}]}, ".limits"),
        ({**TIERS, "limits": [{"kwh": ["1"]}, {"kwh": ["2"], "months": [1]}]}, ".limits"),
        ({**TIERS, "limits": [{"kwh": ["1"], "months": [1, 1]}]}, ".limits[0].months"),
        ({**TIERS, "limits": [{"kwh": ["1"], "months": []}]}, ".limits[0].months"),
        ({**TIERS, "bonuses": [{"for": "x", "kwh_per_month": ["1"]}]}, ".bonuses[0].kwh_per_month"),
        ({"kind": "brackets", "brackets": []}, ".brackets"),
        (
            {"kind": "brackets", "brackets": [{"prices": ["1"]}, {"prices": ["1"]}]},
            ".brackets[1].up_to_kwh",
        ),
        ({"kind": "brackets", "brackets": [{"prices": ["1", "2"]}]}, ".brackets[0].prices"),
        (
            {
                "kind": "brackets",
                "brackets": [{"prices": ["1", "2", "3"], "limits_kwh": ["5", "5"]}],
            },
            ".brackets[0].limits_kwh",
        ),
        ({"kind": "per_month", "price": "1"}, ""),
        ({"kind": "per_month", "price": "1", "proration": "hours"}, ".proration"),
        ({"kind": "demand", "price": "1", "proration": "whole", "mode": "guessed"}, ".mode"),
        (
            {
                "kind": "demand",
                "price": "1",
                "proration": "whole",
                "mode": "measured",
                "free_percent": "1",
            },
            ".free_percent",
        ),
        ({"kind": "power_factor", "standard": "0.95", "rewards": [BAND]}, ".rewards"),
        (
            {"kind": "power_factor", "standard": "0.90", "rewards": [{**BAND, "to": "1.01"}]},
            ".rewards[0].to",
        ),
        ({"kind": "power_factor", "standard": "0.90", "penalties": [BAND]}, ".penalties"),
        (
            {"kind": "power_factor", "standard": "0.90", "rewards": [{**BAND, "to": "0.955"}]},
            ".rewards[0].to",
        ),
        ({"kind": "tax", "rates": [{"percent": "1", "below_kwh": "5"}]}, ".rates"),
        ({"kind": "tax", "rates": [{"percent": "1"}, {"percent": "2"}]}, ".rates"),
        ({"kind": "tax", "percent": "5", "of": ["later"]}, ".of[0]"),
        ({"kind": "tax", "percent": "5", "of": []}, ".of"),
        ({"kind": "rounding", "to": {"step": "0.001", "mode": "down"}}, ".to.step"),
        ({"kind": "free_energy", "kwh_per_month": "1", "order": ["noon"]}, ".order[0]"),
        ({"kind": "loss", "percent": "1", "idle": "never"}, ".idle"),
        ({"kind": "energy", "price": "1", "when": {"month": [1]}}, ".when.month"),
        ({"kind": "energy", "price": "1", "credit": "yes"}, ".credit"),
        ({"kind": "given", "amount": "1"}, ".amount"),
        ({"kind": "given", "line": "x" * 41}, ".line"),
    ],
)
def test_a_wrong_charge_is_refused_with_its_path(charge, path):
    assert refused(charge, schedule=DAY) == f"$.charges[0]{path}"


def test_a_base_names_lines_and_tiers_that_are_there():
    tax = {"kind": "tax", "percent": "5"}
    assert refused(tax | {"of": ["energy"]}, ENERGY) == "$.charges[0].of[0]"
    upper = [{"line": "tiers", "from_tier": 4}]
    assert refused(TIERS, tax | {"of": upper}) == "$.charges[1].of[0].from_tier"
    assert refused(ENERGY, tax | {"of": [{"line": "energy", "from_tier": 2}]}).endswith("from_tier")


def test_what_changes_the_energy_comes_first():
    free = {"kind": "free_energy", "kwh_per_month": "10"}
    assert refused(ENERGY, free) == "$.charges[1]"


def test_tiers_of_one_tariff_share_their_cycle():
    yearly = {**TIERS, "line": "yearly", "cycle": {"months": 12}}
    assert refused(TIERS, yearly) == "$.charges"


def test_a_printed_price_must_agree_with_its_components():
    components = {"purchase": {"price": "0.4", "floats": True}, "grid": {"price": "0.2"}}
    charge = {
        "kind": "energy",
        "components": components,
        "ratios": {"peak": "1.5", "valley": "0.5"},
    }
    prices = {"peak": "0.8", "valley": "0.4"}
    right = tariff.tariff_of(document({**charge, "prices": prices}, schedule=DAY))
    assert right.charges == tariff.tariff_of(document(charge, schedule=DAY)).charges

    off = {**charge, "prices": {**prices, "peak": "0.801"}}
    assert refused(off, schedule=DAY) == "$.charges[0].prices.peak"
    tariff.tariff_of(document({**off, "tolerance": "0.001"}, schedule=DAY))
    missing = {**charge, "prices": {**prices, "flat": "1"}}
    assert refused(missing, schedule=DAY) == "$.charges[0].ratios"


def test_a_purchase_has_one_energy_price_fixed_sums_and_simple_taxes():
    assert refused({"kind": "per_day", "price": "1"}, basis="purchase") == "$.charges"
    assert refused(ENERGY, TIERS, basis="purchase") == "$.charges"
    for other in (kinds.minimum, kinds.per_kva, kinds.demand, kinds.refund):
        assert refused(ENERGY, other(kinds.Chance(1)), basis="purchase") == "$.charges[1]"
    assert refused({"kind": "energy", "price": "0"}, basis="purchase") == "$.charges[0]"
    by_use = {"kind": "tax", "rates": [{"below_kwh": "9", "percent": "5"}, {"percent": "8"}]}
    assert refused(ENERGY, by_use, basis="purchase") == "$.charges[1]"


def test_the_tables_of_the_method_are_read():
    for table in POWER_FACTOR.values():
        read = tariff.tariff_of(document(ENERGY, {"kind": "power_factor", **table}))
        assert read.charges[1].rule.penalties[-1].to == 0
