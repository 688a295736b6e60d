"""Money becomes kWh through blocks that count what was bought before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rating, tariff
from domain.rating import Before

from .documents import terms

TSHWANE = rating.terms_of(
    tariff.tariff_of(tariff.catalogued("tshwane-prepaid-inclining-block")),
    first_day=date(2022, 8, 1),
)


def test_a_purchase_goes_on_in_the_block_where_the_last_one_ended():
    first = rating.purchase(TSHWANE, 30_000)
    again = rating.purchase(TSHWANE, 30_000, before=Before(bought_wh=first.energy_wh))
    assert first.energy_wh == 120_800
    assert [line.tier for line in again.lines if line.unit == "kWh"] == [2]
    assert again.energy_wh == 106_200


@given(st.integers(1, 10**7), st.integers(0, 10**6))
def test_the_lines_are_the_money_and_the_energy(money_fen, bought_wh):
    bought = rating.purchase(TSHWANE, money_fen, before=Before(bought_wh=bought_wh))
    assert sum(line.amount_fen for line in bought.lines) == money_fen
    assert sum(line.quantity for line in bought.lines if line.unit == "kWh") == bought.energy_wh
    assert bought.energy_wh <= bought.exact_wh < bought.energy_wh + 100
    more = rating.purchase(TSHWANE, money_fen + 100, before=Before(bought_wh=bought_wh))
    assert more.energy_wh >= bought.energy_wh


def test_a_free_block_is_given_with_the_first_purchase_of_the_month():
    blocks = {"cycle": {"months": 1}, "limits": [{"kwh": ["50"]}], "prices": ["0", "2"]}
    settled = terms({"kind": "tiers", **blocks}, basis="purchase")
    assert rating.purchase(settled, 1000).energy_wh == 55_000
    assert rating.purchase(settled, 1000, before=Before(bought_wh=55_000)).energy_wh == 5_000


def test_standing_charges_are_taken_first_and_once():
    charges = [
        {"kind": "energy", "price": "2"},
        {"kind": "per_day", "price": "3"},
        {"kind": "per_month", "price": "200", "proration": "whole"},
        {"kind": "tax", "percent": "15"},
    ]
    settled = terms(*charges, basis="purchase")
    bought = rating.purchase(settled, 69_000, before=Before(standing_days=10))
    amounts = {line.line: line.amount_fen for line in bought.lines}
    assert amounts == {"per_day": 3000, "per_month": 20000, "energy": 37000, "tax": 9000}
    assert bought.energy_wh == 185_000
    later = rating.purchase(settled, 2300, before=Before(months_due=0))
    assert later.energy_wh == 10_000
    with pytest.raises(rating.PurchaseTooSmall):
        rating.purchase(settled, 22_999)
