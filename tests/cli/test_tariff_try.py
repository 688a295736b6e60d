"""`feikong tariff try`: a document and facts in, lines and a total out, without a database."""

import json
from pathlib import Path

import pytest
import typer
from command import environment, feikong

from cli._tariff_try import said, tried
from domain import rating, tariff
from tests.domain.rating.documents import document


def total(name: str, *facts: str) -> str:
    return str(tried(tariff.tariff_of(tariff.catalogued(name)), said(facts))["total"])


@pytest.mark.parametrize(
    ("name", "facts", "due"),
    [
        ("zhejiang-residential", "kwh=200 before=2700", "114.60"),
        ("zhejiang-residential-tou", "peak=100 valley=60 before=4800", "122.08"),
        ("guangdong-residential", "kwh=400 since=2026-01-01", "245.60"),
        # five persons since July 2025 and until May 2026: 260/600 in June, 300/500 in January
        ("guangdong-residential", "kwh=310 since=2026-06-01 held.household=5,2025-07-01,2026-05-01",
         "185.09"),
        ("guangdong-residential", "kwh=310 since=2026-01-01 held.household=5,2025-07-01,2026-05-01",
         "183.09"),
        ("uk-domestic-standing-charge", "kwh=350 since=2026-04-01 until=2026-05-01", "119.28"),
        # 1000 x 0.809061 + 400 x 39, and -0.75 % of all but 45.20 of funds: 0.98
        ("hubei-commercial-two-part-110kv",
         ("peak=1000 demand_kw=400 kvarh=150 kvarh_back=50 held.demand-billing=1"
          " held.power-factor-0.90=1"), "16286.33"),
        ("hubei-commercial-two-part-110kv",
         "kva=630 held.capacity-billing=1 served_from=2026-01-12", "10248.00"),
        # 600 at 231.80 and a factor of 0.80: 5 x 1.5 %
        ("malaysia-domestic-blocks", "kwh=600 power_factor=0.80 held.power-factor-0.85=1",
         "249.20"),
    ],
)  # fmt: skip
def test_facts_come_to_what_the_rules_say(name: str, facts: str, due: str) -> None:
    assert total(name, *facts.split()) == due


def test_money_buys_a_token() -> None:
    read = tariff.tariff_of(tariff.catalogued("tshwane-prepaid-inclining-block"))
    told = tried(read, said(["money=500", "bought=350", "since=2022-08-01"]))
    assert (told["energy_kwh"], told["total"]) == ("166.700", "500.00")


def test_what_was_settled_elsewhere_is_said_by_its_line() -> None:
    charges = (
        {"line": "sub_meter", "kind": "given_energy", "deducted": True},
        {"kind": "energy", "price": "0.5"},
        {"line": "arrears", "kind": "given"},
    )
    facts = ["kwh=100", "given_kwh.sub_meter=20", "given.arrears=-1.50"]
    told = tried(tariff.tariff_of(document(*charges)), said(facts))
    assert (told["charged_kwh"], told["total"]) == ("80.000", "38.50")


@pytest.mark.parametrize(
    "fact", ["khw=1", "kwh", "kwh=", "kwh=x", "kwh=-1", "kwh=0.0001", "kwh=1e99", "kwh=NaN",
             "kwh=1e999999", "since=yesterday", "held.=x", "power_factor=0.905", "power_factor=5",
             "until=2012-07-01"],
)  # fmt: skip
def test_a_fact_that_nobody_understands_is_refused(fact: str) -> None:
    with pytest.raises(typer.BadParameter, match=fact.partition("=")[0]):
        total("zhejiang-residential", fact)
    with pytest.raises(typer.BadParameter, match="said twice"):
        said(["kwh=1", "kwh=2"])


def test_a_period_over_new_year_is_not_rated_as_one() -> None:
    with pytest.raises(rating.PeriodNeedsCut):
        total("zhejiang-residential", "kwh=1", "since=2025-12-20", "until=2026-01-20")


def test_the_command_needs_no_database(tmp_path: Path) -> None:
    env, asked = environment(tmp_path), ("tariff", "try", "shipped:zhejiang-residential")
    told = json.loads(feikong(*asked, "kwh=200", "before=2700", "--json", env=env).stdout)
    assert [line["amount"] for line in told["lines"]] == ["32.28", "82.32", "0.00"]
    assert (told["total"], told["limits_kwh"]) == ("114.60", ["2760.000", "4800.000"])
    shown = feikong(*asked, "kwh=200", "before=2700", env=env).stdout
    assert shown.splitlines()[-1] == "total 114.60 CNY"
    refused = feikong(*asked, "since=2025-12-20", "until=2026-01-20", env=env)
    assert refused.stderr.startswith("feikong: PERIOD_NEEDS_CUT: cuts 2026-01-01\n")
    assert not list(tmp_path.glob("*/postgres*")), "no server was started for it"
