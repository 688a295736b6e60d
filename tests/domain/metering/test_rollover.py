"""Registers start again at zero, transformers multiply, meters are exchanged: worked cases."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.metering import RatioRefused, Span, multiplied, ratio_of, unrolled, used_wh
from domain.metering._rollover import continued, span_wh

_FILE = Path(__file__).resolve().parents[4] / "shared" / "cases.json"

Case = dict[str, Any]


def wh(kwh: str) -> int:
    return int(Decimal(kwh) * 1000)


def kwh(energy_wh: int) -> Decimal:
    return Decimal(energy_wh) / 1000


def by_transformers(case: Case) -> Case:
    used = multiplied(wh(case["cur"]) - wh(case["prev"]), ct=case["ct"], pt=case["pt"])
    return {"multiplier": Decimal(ratio_of(case["ct"], case["pt"])), "kwh": kwh(used)}


def by_rollover(case: Case) -> Case:
    last = wh(case["prev"])
    delta = unrolled(wh(case["cur"]), last_wh=last, digits=case["integer_digits"]) - last
    return {"register_delta": kwh(delta), "kwh": kwh(multiplied(delta, ct=case["multiplier"]))}


def by_exchange(case: Case) -> Case:
    old, new = case["old"], case["new"]
    spans = [
        Span(wh(old["prev"]), wh(old["removal"]), ratio_of(old["multiplier"])),
        Span(wh(new["initial"]), wh(new["cur"]), ratio_of(new["multiplier"])),
    ]
    return {
        "old_kwh": kwh(spans[0].used_wh),
        "new_kwh": kwh(spans[1].used_wh),
        "kwh": kwh(used_wh(spans)),
    }


SOLVERS: list[tuple[set[str], Callable[[Case], Case]]] = [
    ({"prev", "cur", "ct", "pt"}, by_transformers),
    ({"prev", "cur", "integer_digits"}, by_rollover),
    ({"old", "new"}, by_exchange),
]


@pytest.mark.skipif(not _FILE.exists(), reason=f"the worked cases are not here: {_FILE}")
def test_the_worked_cases_of_registers_come_out_to_the_watt_hour() -> None:
    solved = []
    for case in json.loads(_FILE.read_text(encoding="utf-8")):
        for names, solve in SOLVERS:
            if names <= set(case["inputs"]):
                found = solve(case["inputs"])
                assert found == {name: Decimal(each) for name, each in case["expected"].items()}
                solved.append(case["id"])
    assert solved == ["C16", "C17", "C19"]


@pytest.mark.parametrize("ct", ["0/5", "100/0", "1/3", "2000000", "100:5", "1e9", "", "-40"])
def test_a_ratio_that_is_no_whole_number_is_refused(ct):
    with pytest.raises(RatioRefused):
        ratio_of(ct)


@given(st.integers(0, 10**13), st.integers(0, 10**9 - 1), st.integers(4, 9))
def test_a_register_counts_on_from_where_it_was(last, used, digits):
    used %= span_wh(digits)
    shown = (last + used) % span_wh(digits)
    assert unrolled(shown, last_wh=last, digits=digits) == last + used


@given(st.integers(0, 10**10), st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_register_falls_only_where_it_would_have_needed_too_much(last, fallen, limit):
    shown = (last - fallen) % span_wh(6)
    (count, *_) = continued((shown, *[0] * 5), (last, *[0] * 5), digits=6, limit_wh=limit)
    assert count % span_wh(6) == shown
    assert count < last or count - last <= limit or shown + last - last % span_wh(6) == count
