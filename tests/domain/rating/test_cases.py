"""The worked cases: each becomes a tariff document, inputs, and the lines and totals expected."""

import json
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from .answers import Case, Found
from .cases import SOLVERS

_FILE = Path(__file__).resolve().parents[4] / "shared" / "cases.json"
OTHER_ROOMS = {"C33", "C37", "C40", "C41", "C46", "C56"}


def _cases() -> list[Case]:
    if not _FILE.exists():
        return []
    cases = json.loads(_FILE.read_text(encoding="utf-8"))
    return [each for each in cases if each["id"] not in OTHER_ROOMS and each["id"][:2] != "S-"]


@pytest.mark.skipif(not _FILE.exists(), reason=f"the worked cases are not here: {_FILE}")
@pytest.mark.parametrize("case", _cases(), ids=itemgetter("id"))
def test_a_worked_case_comes_out_to_the_fen(case: Case) -> None:
    names = set(case["inputs"])
    solve = next(solve for wanted, solve in SOLVERS if wanted <= names)
    found = solve(case["inputs"])
    for name, expected in case["expected"].items():
        assert same(found[name], expected), f"{name}: {found[name]} is not {expected}"
    if "tolerance" in case:
        off = Decimal(found["recomputed_energy"]) - Decimal(case["inputs"]["energy_charge_on_bill"])
        assert abs(off) <= Decimal(case["tolerance"]["recomputed_energy_vs_bill"])


def same(found: Any, expected: Any) -> bool:
    """Compare as numbers; lines may leave out zero kWh and what the case does not ask for."""
    if isinstance(expected, list):
        rows = [row for row in expected if not (isinstance(row, dict) and _empty(row))]
        lines = [row for row in found if not (isinstance(row, dict) and _empty(row))]
        return len(rows) == len(lines) and all(map(same, lines, rows))
    if isinstance(expected, dict):
        return all(same(found[name], each) for name, each in expected.items())
    return Decimal(found) == Decimal(expected)


def _empty(row: Found) -> bool:
    return Decimal(row.get("kwh", 1)) == 0
