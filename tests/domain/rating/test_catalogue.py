"""The shipped tariffs, rated."""

from datetime import date

import pytest

from domain import rating, tariff
from domain.rating import Entitlement, Holder

from .documents import fen, used, used_by_period


@pytest.mark.parametrize("name", [n for n in tariff.catalogue() if n.startswith("hubei")])
def test_a_capacity_or_a_demand_charge_is_the_customers_choice(name):
    document = tariff.tariff_of(tariff.catalogued(name))
    use = used_by_period({"flat": "1000"}, capacity_va=630_000, demand_w=500_000)
    found = {}
    for choice in ("capacity-billing", "demand-billing"):
        held = Holder(entitlements=(Entitlement(choice, date(2025, 1, 1)),))
        settled = rating.terms_of(
            document, first_day=date(2026, 1, 1), until=date(2026, 2, 1), holder=held
        )
        found[choice] = rating.rate(settled, use)
    energy = found["demand-billing"].of("energy")
    basic = [charges.total_fen - energy for charges in found.values()]
    high = any(volt in name for volt in ("110kv", "220kv"))
    two_part = [1_537_200, 1_950_000] if high else [1_656_900, 2_100_000]
    assert basic == (two_part if "two-part" in name else [0, 0])


@pytest.mark.parametrize(
    ("name", "day", "kwh", "before", "persons", "due"),
    [
        ("guangdong-residential", "2026-05-01", {"flat": "600"}, "0", 0, "370.40"),
        ("guangdong-residential", "2026-05-01", {"flat": "600"}, "0", 5, "365.40"),
        ("guangdong-residential", "2026-04-01", {"flat": "400"}, "0", 0, "245.60"),
        ("hunan-residential", "2026-03-01", {"flat": "500"}, "0", 0, "346.50"),
        ("hunan-residential", "2026-03-01", {"flat": "300"}, "0", 5, "176.40"),
        ("zhejiang-residential", "2026-05-01", {"flat": "200"}, "2700", 0, "114.60"),
        ("zhejiang-residential", "2026-05-01", {"flat": "88.4"}, "2700", 0, "48.98"),
        ("hebei-residential", "2026-05-01", {"flat": "100"}, "2160", 0, "57.00"),
        ("hebei-residential-10kv", "2026-05-01", {"flat": "100"}, "0", 0, "47.00"),
        ("sichuan-residential", "2026-05-01", {"flat": "300"}, "0", 0, "172.72"),
        ("shandong-residential", "2026-05-01", {"flat": "310"}, "0", 0, "174.54"),
        ("shandong-residential", "2026-05-01", {"flat": "310"}, "0", 5, "169.54"),
        ("beijing-residential", "2026-05-01", {"flat": "300"}, "0", 0, "149.49"),
        ("beijing-residential", "2026-05-01", {"flat": "300"}, "0", 6, "146.49"),
        (
            "hubei-commercial-single-part-lv",
            "2026-01-01",
            {"sharp": "100", "peak": "300", "flat": "400", "valley": "200"},
            "0",
            0,
            "790.34",
        ),
    ],
)
def test_the_shipped_tariffs_give_the_worked_figures(name, day, kwh, before, persons, due):
    first_day = date.fromisoformat(day)
    household = (Entitlement("household", date(2025, 1, 1), count=persons),) if persons else ()
    settled = rating.terms_of(
        tariff.tariff_of(tariff.catalogued(name)),
        first_day=first_day,
        holder=Holder(entitlements=household),
    )
    assert rating.rate(settled, used_by_period(kwh, before=before)).total_fen == fen(due)


def test_the_british_example_has_standing_charge_and_vat():
    read = tariff.tariff_of(tariff.catalogued("uk-domestic-standing-charge"))
    settled = rating.terms_of(read, first_day=date(2026, 4, 1), until=date(2026, 5, 1))
    assert rating.rate(settled, used("350")).total_fen == 11928
