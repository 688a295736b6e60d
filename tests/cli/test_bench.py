"""`feikong bench` on a small scale: its answers are whole, whatever the speed."""

import json
from pathlib import Path
from typing import Any

from command import environment, feikong


def answer(*arguments: str, place: Path) -> dict[str, Any]:
    ended = feikong("bench", *arguments, "--json", env=environment(place))
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_accrual_answers_with_floors_and_everyone_who_crossed(place: Path) -> None:
    found = answer("accrual", "--accounts", "1000", place=place)
    assert found["name"] == "accrual"
    assert found["accounts"] == 1_000
    assert found["crossed"] == 10  # one in a hundred stands above its line and falls below it
    assert {"join_and_sum", "update_balances", "insert_rows"} < found["floors"].keys()
    for cost in (found["accrual"], *found["floors"].values()):
        assert {"wall_ms", "cpu_ms", "database_cpu_ms"} == cost.keys()
    assert found["wall_percent_of_floors"] > 100


def test_ingest_answers_with_its_ratio_to_a_bare_copy(place: Path) -> None:
    found = answer("ingest", "--accounts", "1000", place=place)
    assert found["of_each_meter"] == 96
    for name in ("quarter_hours_of_a_day", "hours_of_a_day", "one_by_one"):
        shape = found[name]
        assert shape["duplicates"] > 0
        for figure in ("readings", "readings_per_s", "copy_per_s", "percent_of_copy"):
            assert shape[figure] > 0
