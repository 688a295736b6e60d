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
    assert {"join_and_sum", "update_balances", "insert_rows"} == found["floors"].keys()
    for cost in (found["accrual"], *found["floors"].values()):
        assert {"wall_ms", "cpu_ms", "database_cpu_ms"} == cost.keys()
    both = (found["wall_percent_of_floors"], found["cpu_percent_of_floors"])
    assert found["percent_of_floors"] == max(both) > 0
    assert found["cpu_percent_of_an_account_among_100000"] == 100
    assert "account_position_pkey" not in found["indexes_written_and_unused"]


def test_ingest_answers_with_its_ratio_to_a_bare_copy(place: Path) -> None:
    found = answer("ingest", "--accounts", "1000", place=place)
    assert found["of_each_meter"] == 96
    for name in ("quarter_hours_of_a_day", "hours_of_a_day", "one_by_one"):
        shape = found[name]
        assert shape["duplicates"] > 0
        for figure in ("readings", "readings_per_s", "copy_per_s", "percent_of_copy"):
            assert shape[figure] > 0


def test_bill_run_answers_with_bills_postings_and_its_ratio_to_bare_inserts(place: Path) -> None:
    found = answer("bill-run", "--accounts", "1000", place=place)
    assert (found["bills"], found["rounds"]) == (1_000, 2)
    assert found["lines"] >= 2_000
    assert 1_000 < found["transfers"] <= 2_000
    assert {"insert_bills", "insert_lines", "insert_transfers"} < found["floors"].keys()
    assert found["wall_percent_of_floors"] > 100


def test_graphql_answers_with_its_ratio_to_plain_endpoints_of_the_same_bytes(place: Path) -> None:
    found = answer("graphql", "--users", "10", "--seconds", "1", place=place)
    assert found["users"] == 10
    for document in ("home_screen", "account_with_bills"):
        told = found[document]
        assert told["bytes"] > 1_000
        assert told["ratio_percent"] > 0
        for server in ("ours", "plain", "stock", "uncompiled"):
            assert {"cpu_us", "database_cpu_us", "latency_ms"} == told[server].keys()
    for server in ("ours", "plain"):
        crowd = found[f"crowd_{server}"]
        assert crowd["errors"] == 0
        assert crowd["asked"] > 10
        assert {"n", "p50", "p95", "p99"} == crowd["latency_ms"].keys()
