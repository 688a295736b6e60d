"""Every kind of charge is held to what it promises, and shown not to hold what it does not."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import rating, tariff
from domain.rating import Consumption, Promise

from . import kinds
from .documents import POWER_FACTOR, terms, used, used_by_period

MAKERS = [*kinds.BEFORE, *kinds.ENERGY, *kinds.STANDING, *kinds.AFTER]

seeds = st.integers(0, 2**32)
any_kind = pytest.mark.parametrize("make", MAKERS, ids=lambda each: each.__name__)


def settled(make: Callable[[kinds.Chance], kinds.Charge], chance: kinds.Chance) -> rating.Terms:
    """Return terms whose last (or, for what changes the energy, first) charge is of this kind.

    What is reckoned on other lines, or changes the energy of others, stands beside prices by
    period and tiers: kinds that promise everything.
    """
    charges = [make(chance)]
    if make in {*kinds.AFTER, *kinds.BEFORE}:
        priced = [kinds.energy_by_period(chance), kinds.tiers(chance)]
        priced[1]["cycle"] = {"months": 12}
        charges = [*priced, *charges] if make in kinds.AFTER else [*charges, *priced]
    return terms(*charges, **kinds.needs(charges))


def promises(make: Callable[[kinds.Chance], kinds.Charge], all_terms: rating.Terms) -> frozenset:
    found = all_terms.items[0 if make in kinds.BEFORE else -1].promises
    by_period_cycle = [charge.blocks for charge in all_terms.tariff.charges if charge.blocks]
    if any(blocks.cycle.months == 0 for blocks in by_period_cycle):
        return found & {Promise.MONOTONE}  # each part is a period, and so a cycle, of its own
    return found


def rated(all_terms: rating.Terms, *parts: Consumption) -> tuple[int, int]:
    """Rate parts one after the other; return their sum and how many lines were rounded."""
    total, lines, before = 0, 0, parts[0].cycle_wh
    for part in parts:
        charges = rating.rate(all_terms, replace(part, cycle_wh=before))
        total += charges.total_fen
        lines += len(charges.lines)
        before += charges.charged_wh
    return total, lines


def cut(chance: kinds.Chance, whole: Consumption) -> tuple[Consumption, Consumption]:
    first = tuple(chance.randint(0, wh) for wh in whole.periods_wh)
    second = tuple(wh - part for wh, part in zip(whole.periods_wh, first, strict=True))
    return replace(whole, periods_wh=first, given_wh=()), replace(
        whole, periods_wh=second, given=()
    )


@any_kind
@given(seeds)
@settings(deadline=None)
def test_a_kind_keeps_its_promises(make, seed):
    chance = kinds.Chance(seed)
    all_terms, whole = settled(make, chance), kinds.use(chance)
    promised = promises(make, all_terms)
    total, lines = rated(all_terms, whole)

    if Promise.MONOTONE in promised:
        more = tuple(wh + chance.choice((0, 1, 10**6)) for wh in whole.periods_wh)
        assert rated(all_terms, replace(whole, periods_wh=more))[0] >= total
    one, two = cut(chance, whole)
    parts, more_lines = rated(all_terms, one, two)
    if Promise.SPLIT_INVARIANT in promised:
        assert abs(parts - total) <= lines + more_lines
    if Promise.ORDER_INVARIANT in promised:
        turned, _ = rated(all_terms, two, one)
        assert abs(turned - parts) <= 2 * more_lines


@any_kind
@given(seeds)
@settings(deadline=None, max_examples=20)
def test_a_kind_gives_the_same_bill_for_the_same_inputs(make, seed):
    first, again = (settled(make, kinds.Chance(seed)) for _ in range(2))
    use = kinds.use(kinds.Chance(seed + 1))
    assert rating.rate(first, use) == rating.rate(again, use)


@given(seeds)
@settings(deadline=None)
def test_every_product_line_re_adds(seed):
    """Quantity x price x share is the amount, rounded once."""
    chance = kinds.Chance(seed)
    charges = kinds.chain(chance)
    all_terms = terms(*charges, **kinds.needs(charges))
    roundings = {charge.line: charge.rounding for charge in all_terms.tariff.charges}
    for line in rating.rate(all_terms, kinds.use(chance)).lines:
        if line.unit == rating.CONTAINED:
            assert line.amount_fen == 0
            base, part = abs(line.quantity), abs(line.contained_fen)
            assert abs(part * (10**8 + line.price) - base * line.price) * 2 <= 10**8 + line.price
        elif line.unit:
            unit = 10**8 if line.unit == "%" else 10**9
            exact = abs(line.quantity * line.price * line.share)
            rounding = roundings[line.line]
            assert abs(line.amount_fen) == rounding.of(exact.numerator, unit * exact.denominator)


def test_every_kind_of_the_documents_is_held():
    chance = kinds.Chance(1)
    assert {make(chance)["kind"] for make in MAKERS} == set(tariff.KINDS)


def test_brackets_are_neither_monotone_nor_split_invariant():
    brackets = [{"up_to_kwh": "100", "prices": ["2"]}, {"prices": ["1"]}]
    charge = terms({"kind": "brackets", "brackets": brackets})
    assert rated(charge, used("101"))[0] < rated(charge, used("100"))[0]
    assert rated(charge, used("60"), used("60"))[0] > rated(charge, used("120"))[0]


def test_a_minimum_charge_and_a_total_rounding_are_not_split_invariant():
    energy = {"kind": "energy", "price": "1"}
    for charge in (
        {"kind": "minimum", "price": "10", "proration": "whole"},
        {"kind": "rounding", "to": {"step": "1", "mode": "half_up"}},
    ):
        all_terms = terms(energy, charge)
        assert rated(all_terms, used("4.5"), used("4.5"))[0] != rated(all_terms, used("9"))[0]


def test_a_power_factor_step_is_not_monotone():
    """At 0.895 the factor is 0.90 and nothing is added; a little less energy costs 0.5 % more."""
    charges = [{"kind": "energy", "price": "1"}, {"kind": "power_factor", **POWER_FACTOR["0.90"]}]
    totals = [
        rated(terms(*charges), used(kwh, reactive_varh=(500_000, 0)))[0]
        for kwh in ("1002", "1003", "1004", "1005")
    ]
    assert totals != sorted(totals)


def test_a_price_matrix_is_not_split_invariant():
    rows = [{"peak": "1", "valley": "1"}, {"peak": "9", "valley": "2"}]
    matrix = {"kind": "matrix", "cycle": {"months": 1}, "limits": [{"kwh": ["50"]}], "prices": rows}
    all_terms = terms(
        matrix, schedule=[{"periods": {"peak": ["08:00-22:00"], "valley": ["22:00-08:00"]}}]
    )
    peak, valley = used_by_period({"peak": "50"}), used_by_period({"valley": "50"})
    both = used_by_period({"peak": "50", "valley": "50"})
    assert (
        len({rated(all_terms, *parts)[0] for parts in ((peak, valley), (valley, peak), (both,))})
        == 3
    )
