"""Consumption x tariff: every line rounded once, the total their sum."""

from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rating, tariff
from domain.rating import Consumption

ZHEJIANG = tariff.catalogued("zhejiang-residential-tou")
DAY = date(2026, 5, 1)

energy = st.integers(0, 3_000_000)
cycle = st.integers(0, 6_000_000)


def terms(**changes) -> rating.Terms:
    document = deepcopy(ZHEJIANG)
    document["rounding"]["line"] |= changes
    return rating.terms_of(tariff.tariff_of(document), first_day=DAY)


TERMS = terms()


def used(peak: int, valley: int, before: int = 0) -> Consumption:
    return Consumption((0, peak, 0, valley, 0), before)


def total(peak: int, valley: int, before: int = 0) -> int:
    return rating.rate(TERMS, used(peak, valley, before)).total_fen


def test_time_of_use_comes_first_and_the_tier_adders_on_the_total():
    """100 kWh peak, 60 kWh valley after 2700 kWh: 56.80 + 17.28 + 100 x 0.05."""
    charges = rating.rate(TERMS, used(100_000, 60_000, 2_700_000))

    assert [(line.period, line.amount_fen) for line in charges.lines[:2]] == [
        ("peak", 5680),
        ("valley", 1728),
    ]
    assert [(each.tier, each.quantity, each.amount_fen) for each in charges.lines[2:]] == [
        (1, 60_000, 0),
        (2, 100_000, 500),
        (3, 0, 0),
    ]
    assert charges.total_fen == 7908


def test_a_month_may_cross_two_limits():
    charges = rating.rate(TERMS, used(5_000_000, 0))
    assert [line.quantity for line in charges.lines[2:]] == [2_760_000, 2_040_000, 200_000]


def test_energy_in_a_period_that_the_tariff_does_not_know_is_refused():
    with pytest.raises(rating.PeriodNotPriced) as refused:
        rating.rate(TERMS, Consumption((1, 0, 0, 0, 0)))
    assert refused.value.fields["period"] == "sharp"


@pytest.mark.parametrize(
    ("mode", "step", "fen"),
    [("half_up", "0.01", 1), ("half_even", "0.01", 0), ("down", "0.01", 0), ("up", "0.01", 1)],
)
def test_half_a_fen_goes_where_the_tariff_says(mode, step, fen):
    """62.5 kWh x 0.00008 = half a fen."""
    document = deepcopy(ZHEJIANG)
    document["charges"] = [{"line": "energy", "kind": "energy", "price": "0.00008"}]
    document["rounding"]["line"] = {"step": step, "mode": mode}
    half = rating.terms_of(tariff.tariff_of(document), first_day=DAY)
    assert rating.rate(half, used(62_500, 0)).total_fen == fen


def test_a_rounding_step_of_five_cents_gives_multiples_of_five():
    charges = rating.rate(terms(step="0.05"), used(3_000, 0))
    assert charges.lines[0].amount_fen == 170


@given(energy, energy, cycle, st.data())
def test_splitting_a_period_moves_the_sum_by_its_rounding_at_most(peak, valley, before, data):
    first_peak = data.draw(st.integers(0, peak))
    first_valley = data.draw(st.integers(0, valley))
    between = before + first_peak + first_valley
    whole = rating.rate(TERMS, used(peak, valley, before))
    parts = total(first_peak, first_valley, before) + total(
        peak - first_peak, valley - first_valley, between
    )
    assert 2 * abs(whole.total_fen - parts) <= 3 * len(whole.lines)


@given(energy, energy, cycle, st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_energy_never_costs_less(peak, valley, before, more_peak, more_valley):
    assert total(peak + more_peak, valley + more_valley, before) >= total(peak, valley, before)


@given(energy, energy, cycle)
def test_every_line_re_adds_and_the_same_inputs_give_the_same_bill(peak, valley, before):
    charges = rating.rate(TERMS, used(peak, valley, before))

    assert charges == rating.rate(terms(), used(peak, valley, before))
    for line in charges.lines:
        assert abs(line.quantity * line.price - line.amount_fen * 10**9) * 2 <= 10**9
    assert sum(line.quantity for line in charges.lines[2:]) == peak + valley
