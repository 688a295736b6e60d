"""Documents that are broken, absurd or hostile: each refused with its place, nothing stored."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli._tariff_file import tariff_file
from domain import tariff
from domain.base import Actor, value
from tests.domain.rating.documents import document, schedule

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ENERGY = {"kind": "energy", "price": "0.5"}
TIERS = {
    "kind": "tiers",
    "cycle": {"months": 1},
    "limits": [{"kwh": ["200", "400"]}],
    "prices": ["1", "2", "3"],
}
RATIOS = {
    "kind": "energy",
    "components": {"purchase": {"price": "0.4", "floats": True}, "grid": {"price": "0.2"}},
    "ratios": {"peak": "1.5", "valley": "0.5"},
    "prices": {"peak": "0.8", "valley": "0.4"},
}
BY_PERIOD = {"kind": "energy", "prices": {"peak": "0.8", "valley": "0.4"}}


DEMAND = {"kind": "demand", "price": "39", "mode": "measured", "proration": "whole"}


def steps(*steps: dict) -> dict:
    return {"kind": "per_kva", "proration": "whole", "steps": list(steps)}


def day(**periods: list[str]) -> dict:
    return {"schedule": [{"periods": periods}]}


WHOLE_DAY = {"schedule": schedule("peak", "valley")}
TWICE = {"schedule": [{"months": [1], "periods": {"peak": ["00:00-24:00"]}}] * 2}

BROKEN: list[tuple[dict, str]] = [
    # a hole, an overlap, a day of 25 hours, a month that nobody covers or that two cover
    (document(BY_PERIOD, **day(peak=["08:00-22:00"], valley=["22:00-07:30"])),
     "$.schedule[0].periods"),
    (document(BY_PERIOD, **day(peak=["08:00-22:30"], valley=["22:00-08:00"])),
     "$.schedule[0].periods.valley[0]"),
    (document(BY_PERIOD, **day(peak=["00:00-25:00"], valley=["22:00-24:00"])),
     "$.schedule[0].periods.peak[0]"),
    (document(BY_PERIOD, **day(peak=["00:00-24:30"], valley=["22:00-24:00"])),
     "$.schedule[0].periods.peak[0]"),
    (document(BY_PERIOD, **day(peak=["08:00-08:00"], valley=["22:00-24:00"])),
     "$.schedule[0].periods.peak[0]"),
    (document(BY_PERIOD, **TWICE), "$.schedule[1]"),
    (document(BY_PERIOD, schedule=TWICE["schedule"][:1]), "$.schedule"),
    (document(BY_PERIOD, **day(peak=[], valley=["00:00-24:00"])), "$.schedule[0].periods.peak"),
    (document(BY_PERIOD, schedule={}), "$.schedule"),
    # numbers that are none, or no decimal strings
    (document({**ENERGY, "price": 0.5}), "$.charges[0].price"),
    (document({**ENERGY, "price": float("nan")}), "$.charges[0].price"),
    (document({**ENERGY, "price": "NaN"}), "$.charges[0].price"),
    (document({**ENERGY, "price": "1e3"}), "$.charges[0].price"),
    (document({**ENERGY, "price": "-0.5"}), "$.charges[0].price"),
    (document({**ENERGY, "price": " 0.5"}), "$.charges[0].price"),
    (document({**ENERGY, "price": "0,5"}), "$.charges[0].price"),
    (document({**ENERGY, "price": None}), "$.charges[0].price"),
    (document({**ENERGY, "price": "9" * 13}), "$.charges[0].price"),
    (document({**ENERGY, "price": "10000000.1"}), "$.charges[0].price"),
    (document({**TIERS, "prices": ["1", 2, "3"]}), "$.charges[0].prices[1]"),
    (document({**TIERS, "cycle": {"months": 10**30}}), "$.charges[0].cycle.months"),
    # limits that fall, are equal, or too many; lists that are empty, or no lists
    (document({**TIERS, "limits": [{"kwh": ["400", "200"]}]}), "$.charges[0].limits[0].kwh"),
    (document({**TIERS, "limits": [{"kwh": ["200", "200"]}]}), "$.charges[0].limits[0].kwh"),
    (document({**TIERS, "limits": [{"kwh": [str(n) for n in range(1, 500)]}]}),
     "$.charges[0].limits[0].kwh"),
    (document({**TIERS, "limits": []}), "$.charges[0].limits"),
    (document({**TIERS, "limits": "200"}), "$.charges[0].limits"),
    (document({**TIERS, "prices": {}}), "$.charges[0].prices"),
    (document(), "$.charges"),
    (document(ENERGY) | {"charges": [[]]}, "$.charges[0]"),
    # ratios whose sum is not the printed price; related to what is not there
    (document({**RATIOS, "prices": {"peak": "0.81", "valley": "0.4"}}, **WHOLE_DAY),
     "$.charges[0].prices.peak"),
    (document({**RATIOS, "ratios": {"peak": {"of": "flat", "times": "2"}, "valley": "1"}}),
     "$.charges[0].ratios.peak.of"),
    (document({**RATIOS, "ratios": {"peak": {"of": "valley", "times": "2"},
                                    "valley": {"of": "peak", "times": "0.5"}}}),
     "$.charges[0].ratios.peak.of"),
    (document({**RATIOS, "ratios": {"peak": {"of": ["valley"], "times": "2"}, "valley": "1"}}),
     "$.charges[0].ratios.peak.of"),
    (document({**RATIOS, "ratios": {"peak": {"of": "valley"}, "valley": "1"}}),
     "$.charges[0].ratios.peak"),
    (document({**RATIOS, "components": {"": {"price": "1"}}}), "$.charges[0].components"),
    # a period for idle months that the schedule does not have
    (document({"kind": "loss", "percent": "1", "idle": "sharp"}, BY_PERIOD, **WHOLE_DAY),
     "$.charges[0].idle"),
    # steps that do not rise, or end
    (document(steps({"fixed": "1"}, {"fixed": "2"})), "$.charges[0].steps[1].up_to_kva"),
    (document(steps({"up_to_kva": "6", "fixed": "1"})), "$.charges[0].steps"),
    # demand over a window that no meter has, or over two of them
    (document({**DEMAND, "window_minutes": 20}), "$.charges[0].window_minutes"),
    (document(DEMAND, {**DEMAND, "line": "other", "window_minutes": 60}), "$.charges"),
    # unknown keys and kinds, days that are none, texts that cannot be stored
    (document({**ENERGY, "prize": "1"}), "$.charges[0].prize"),
    (document({"kind": "surprise"}), "$.charges[0].kind"),
    (document(ENERGY, timezone="Mars/Olympus"), "$.timezone"),
    (document(ENERGY, valid_from="2026-02-30"), "$.valid_from"),
    (document(ENERGY, valid_from="20260201"), "$.valid_from"),
    (document(ENERGY, valid_from="9999-12-31"), "$.valid_from"),
    (document(ENERGY, valid_from="2026-02-01", valid_to="2026-01-01"), "$.valid_to"),
    (document(ENERGY, name="a\x00b"), "$.name"),
    (document(ENERGY, name="\ud800"), "$.name"),
    (document(ENERGY, name=""), "$.name"),
    (document({**ENERGY, "title": ""}), "$.charges[0].title"),
    (document({**ENERGY, "title": "a\nb"}), "$.charges[0].title"),
    (document(ENERGY, version=2026), "$.version"),
    (document(ENERGY, rounding={"line": {"step": "0.01", "mode": "up", "to": "1"}}),
     "$.rounding.line.to"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "path"), BROKEN, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_broken_document_is_refused_with_its_place(content, path):
    with pytest.raises(tariff.TariffInvalid) as refused:
        tariff.tariff_of(content)
    assert refused.value.fields["path"] == path


async def test_nothing_of_a_broken_document_is_stored(database):
    for content, _ in BROKEN:
        for act in (
            tariff.publish(content, now=NOW),
            tariff.propose(content, actor=Actor("OPERATOR", 1), now=NOW),
        ):
            with pytest.raises(tariff.TariffInvalid):
                await act
    tables = ("tariff_version", "tariff_draft", "audit_entry")
    assert [await value(f"select count(*) from {table}") for table in tables] == [0, 0, 0]


GOOD = json.dumps(document(ENERGY))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", GOOD[:-1] + ', "code": "again"}', "key 'code' stands twice"),
        ("a.json", GOOD.replace('"0.5"', "NaN"), "not JSON: NaN"),
        ("a.json", GOOD.replace('"0.5"', "-Infinity"), "not JSON: -Infinity"),
        ("a.json", GOOD.replace('"0.5"', "1e400"), "decimal string"),
        ("a.json", GOOD.replace('"0.5"', "9" * 5000), "not JSON"),
        ("a.json", "[" * 200_000, "not JSON"),
        ("a.json", '{"a":' * 100_000, "not JSON"),
        ("a.json", GOOD[:-1], "not JSON"),
        ("a.json", "", "not JSON"),
        ("a.json", " " * 10_000_000, "longer than"),
        ("a.yaml", "code: a\ncode: b\n", "key 'code' of line 2 stands twice"),
        ("a.yaml", "a: {b: 1,\n  b: 2}\n", "key 'b' of line 2 stands twice"),
        ("a.yaml", "a: &a [x]\nb: &b [*a, *a]\n", "line 2 repeats another place"),
        ("a.yaml", "a: &a {b: 1}\nc:\n  <<: *a\n", "line 3 repeats another place"),
        ("a.yaml", "a: !!python/object/apply:os.system [ls]\n", "not YAML"),
        ("a.yaml", "[" * 20_000, "not YAML"),
        ("a.yaml", "a: [1\n", "not YAML"),
        ("a.yaml", "- " * 2 + "\n", "expected an object"),
        ("a.yaml", "#" * 5_000_000, "longer than"),
        ("a.yaml", "\x00", "not YAML"),
    ],
)
def test_a_file_that_is_broken_or_a_bomb_is_refused(tmp_path: Path, name, text, reason):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(tariff.TariffInvalid, match=reason):
        tariff.tariff_of(tariff_file(tmp_path / name))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(tariff.TariffInvalid, match="cannot be read"):
        tariff_file(tmp_path / "a.json")
    with pytest.raises(tariff.TariffInvalid, match="cannot be read"):
        tariff_file(tmp_path / "none.json")


def test_the_largest_prices_and_limits_are_still_bigint():
    """What a document says ends up in bigint parameters of one statement for many accounts."""
    large = deepcopy(TIERS) | {"limits": [{"kwh": ["1", "999999999999"]}]}
    large["prices"] = ["0", "10000000", "10000000"]
    read = tariff.tariff_of(document(large))
    assert max(read.charges[0].rule.prices) < 2**63
