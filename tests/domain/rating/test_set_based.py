"""One statement rates a batch exactly as the pure reference does."""

from copy import deepcopy
from datetime import date, timedelta

import pytest

from domain import rating, tariff
from domain.base import rows
from domain.rating import Consumption

from . import kinds
from .documents import FIRST_DAY, document, schedule, terms

ZHEJIANG = tariff.catalogued("zhejiang-residential-tou")
PERIODS = ", ".join(f"{period}_wh" for period in tariff.PERIODS)
INPUTS = ("capacity_va", "declared_w", "demand_w")


async def rated(batch: rating.SetBased, uses: list[Consumption]) -> list[int | None]:
    """Rate all of `uses` with one statement."""
    per_use = ((*use.periods_wh, use.cycle_wh, *(getattr(use, n) for n in INPUTS)) for use in uses)
    columns = [list(column) for column in zip(*per_use, strict=True)]
    arrays = ", ".join(f"${i + 1}::bigint[]" for i in range(len(columns)))
    constants = ", ".join(f"{value}::bigint" for value in batch.values)
    found = await rows(
        f"select charge.fen from unnest({arrays})"
        f" with ordinality as u ({PERIODS}, cycle_wh, {', '.join(INPUTS)}, n)"
        f" cross join (values ({constants})) as k ({', '.join(batch.columns)}) {batch.sql}"
        " order by u.n",
        *columns,
    )
    return [each["fen"] for each in found]


def expected(settled: rating.Terms, uses: list[Consumption]) -> list[int | None]:
    return [total(settled, use) for use in uses]


def total(settled: rating.Terms, use: Consumption) -> int | None:
    try:
        return rating.rate(settled, use).total_fen
    except (rating.PeriodNotPriced, rating.BeyondBrackets):
        return None


def random_terms(chance: kinds.Chance, charges: list[kinds.Charge]) -> rating.Terms:
    step = {
        "step": chance.choice(("0.01", "0.01", "0.05", "1")),
        "mode": chance.choice(kinds.MODES),
    }
    quantity = {"step": chance.choice(("0.001", "0.001", "0.01", "1")), "mode": "half_up"}
    return terms(
        *charges,
        until=FIRST_DAY + timedelta(days=chance.randrange(1, 32)),
        rounding={"line": step, "quantity": quantity},
        **kinds.needs(charges),
    )


@pytest.mark.parametrize("seed", range(5))
async def test_twenty_thousand_random_tariffs_and_uses_come_out_alike(database, seed):
    """Over all five seeds: 100,000 pairs, chains of all kinds that SQL says, at several sizes."""
    chance = kinds.Chance(seed)
    for _ in range(50):
        charges = kinds.chain(chance, without=frozenset(kinds.PURE))
        settled = random_terms(chance, charges)
        assert settled.is_set_based
        uses = [kinds.use(chance) for _ in range(400)]
        assert await rated(rating.set_based(settled), uses) == expected(settled, uses), charges


@pytest.mark.parametrize("make", [*kinds.ENERGY, kinds.free_energy], ids=lambda each: each.__name__)
async def test_what_would_overflow_bigint_is_exact_all_the_same(database, make):
    chance = kinds.Chance(7)
    for _ in range(20):
        charges = [make(chance)]
        if make in kinds.BEFORE:
            charges.append(kinds.energy_by_period(chance))
        settled = random_terms(chance, charges)
        batch = rating.set_based(settled)
        edge = batch.values[0]
        uses = [kinds.use(chance, 10**15) for _ in range(50)]
        uses += [Consumption((0, min(edge, 10**17) + off, 0, 0, 0)) for off in (-1, 0, 1)]
        assert await rated(batch, uses) == expected(settled, uses), charges


async def test_every_shipped_tariff_is_rated_alike(database):
    chance = kinds.Chance(11)
    for name in tariff.catalogue():
        read = tariff.tariff_of(tariff.catalogued(name))
        settled = rating.terms_of(read, first_day=date(2026, 1, 1), until=date(2026, 2, 1))
        assert settled.is_set_based, "no shipped tariff needs the slow path without an entitlement"
        uses = [kinds.use(chance) for _ in range(500)]
        assert await rated(rating.set_based(settled), uses) == expected(settled, uses), name


async def test_energy_in_an_unpriced_period_is_null_where_the_reference_refuses(database):
    read = tariff.tariff_of(ZHEJIANG)
    batch = rating.set_based(rating.terms_of(read, first_day=FIRST_DAY))
    uses = [Consumption((0, 5, 1, 0, 0)), Consumption((0, 0, 0, 0, 0))]
    assert await rated(batch, uses) == [None, 0]


def test_terms_say_when_sql_cannot_say_them():
    for make in (kinds.given, kinds.loss, kinds.power_factor):
        assert not terms(make(kinds.Chance(1))).is_set_based
    assert terms(kinds.energy(kinds.Chance(1))).is_set_based


def test_what_sql_wants_besides_energy_is_named():
    capacity = {"kind": "per_kva", "price": "1", "proration": "whole"}
    assert rating.set_based(terms(capacity)).inputs == ("capacity_va",)
    assert rating.set_based(terms(kinds.energy(kinds.Chance(1)))).inputs == ()


@pytest.mark.parametrize("mode", kinds.MODES)
def test_tariffs_that_differ_in_numbers_only_share_a_statement(mode):
    first, second = deepcopy(ZHEJIANG), deepcopy(ZHEJIANG)
    second["charges"][1]["prices"]["peak"] = "0.55"
    for each in (first, second):
        each["rounding"]["line"]["mode"] = mode
    forms = [
        rating.set_based(rating.terms_of(tariff.tariff_of(each), first_day=FIRST_DAY))
        for each in (first, second)
    ]
    assert forms[0].sql == forms[1].sql
    assert forms[0].values != forms[1].values


def test_a_price_that_nobody_reckons_on_is_one_expression():
    """The form of the residential tariffs is the hot path: no column but the sum."""
    charges = [
        {"kind": "energy", "prices": {"peak": "0.5", "valley": "0.3"}},
        {
            "kind": "tiers",
            "cycle": {"months": 12},
            "limits": [{"kwh": ["10", "20"]}],
            "adders": ["0", "0.05", "0.30"],
        },
    ]
    read = tariff.tariff_of(document(*charges, schedule=schedule("peak", "valley")))
    sql = rating.set_based(rating.terms_of(read, first_day=FIRST_DAY)).sql
    assert sql.count("lateral") == 2
    assert "offset" not in sql
