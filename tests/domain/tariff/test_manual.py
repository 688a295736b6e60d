"""What docs/tariffs.md shows is read by the parser."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from domain import rating, tariff
from tests.domain.rating import kinds
from tests.domain.rating.documents import document, schedule
from tests.domain.rating.test_promises import MAKERS, settled

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "tariffs.md"
BLOCKS = re.findall(r"```json\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
CODE = re.findall(r"```python\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: re.search(r'"line": "(\w+)', text)[1])
def test_an_example_of_the_manual_is_a_tariff(text):
    example = tariff.loaded(text)
    if "format" not in example:
        day = schedule("peak", "valley")
        energy = {"kind": "energy", "line": "first", "price": "1"}
        before = example["kind"] in {"free_energy", "given_energy", "loss"}
        charges = (example, energy) if before else (energy, example)
        example = document(*charges, schedule=day)
    tariff.tariff_of(json.loads(json.dumps(example)))


def test_the_code_of_the_manual_runs_from_its_first_line_to_its_last():
    known = {"text": BLOCKS[0]}
    exec("".join(CODE), known)  # ruff: ignore[exec-builtin] -- our own manual
    assert known["charges"].total_fen == 22720 + 5760 + 2700
    assert known["bought"].energy_wh == 120_800
    assert known["cuts"] == (date(2026, 1, 1),)
    assert [part.total_wh for part in (known["old"], known["new"])] == [120_000, 190_000]
    assert (known["ratio"], known["used_wh"]) == (2000, 40 * (25_250 + 42_450))


def test_the_manuals_table_says_what_the_kinds_promise():
    said: dict[str, list[bool]] = {}
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        if row := re.fullmatch(r"\| (.*) \| (yes|no) \| (yes|no) \| (yes|no) \|", line):
            for kind in row[1].split(", "):
                said[kind] = [answer == "yes" for answer in row.groups()[1:]]

    found: dict[str, list[bool]] = {}
    for make in MAKERS:
        charge = make(kinds.Chance(1))
        name = charge["kind"] + (" with rates by use" if "rates" in charge else "")
        terms = settled(make, kinds.Chance(1))
        item = terms.items[0 if make in kinds.BEFORE else -1]
        found[name] = [promise in item.promises for promise in rating.Promise]
    assert said == found | {"tax with one rate": found["percentage"]}
