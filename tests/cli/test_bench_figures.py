"""The figures of the bench: whole numbers, never flattering."""

from cli.bench._cost import Cost, least, percent
from cli.bench._quantiles import quantiles_ms
from cli.bench._table import table


def test_the_99th_percentile_of_a_hundred_is_the_second_worst():
    samples_us = [k * 1_000 for k in range(100, 0, -1)]
    assert quantiles_ms(samples_us) == {"n": 100, "p50": 50, "p95": 95, "p99": 99}


def test_of_more_than_a_hundred_a_percent_may_lie_above():
    samples_us = [1_000] * 198 + [90_000] * 2
    assert quantiles_ms(samples_us)["p99"] == 1
    assert quantiles_ms([*samples_us, 90_000])["p99"] == 90


def test_a_part_of_a_millisecond_counts_as_a_whole_one():
    assert quantiles_ms([1]) == {"n": 1, "p50": 1, "p95": 1, "p99": 1}


def test_a_ratio_is_rounded_up_and_unknown_where_a_side_is_unknown():
    assert percent(1_501, 1_000) == 151
    assert percent(None, 1_000) is None
    assert percent(1_000, None) is None


def test_the_quickest_round_counts_and_cpu_is_unknown_without_the_sessions():
    slow, quick = Cost(wall_us=20, own_us=1, database_us=None), Cost(10, 5, 7)
    assert least([slow, quick]) is quick
    assert slow.cpu_us is None
    assert quick.cpu_us == 12


def test_the_table_shows_nested_figures_under_their_name():
    shown = table({"name": "chain", "waited_ms": {"p50": 1, "p99": 1_234}, "cpu_ms": None})
    assert shown.title == "chain"
    assert [list(column.cells) for column in shown.columns] == [
        ["waited ms", "cpu ms"],
        ["p50: 1\np99: 1,234", "None"],
    ]
