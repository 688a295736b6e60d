"""One statement rates a batch exactly as the pure reference does."""

import random
from copy import deepcopy
from datetime import date

import pytest

from domain import rating, tariff
from domain.base import rows
from domain.rating import Consumption

ZHEJIANG = tariff.catalogued("zhejiang-residential-tou")
DAY = date(2026, 5, 1)
PERIODS = ", ".join(f"{period}_wh" for period in tariff.PERIODS)


async def rated(batch: rating.SetBased, uses: list[Consumption]) -> list[int | None]:
    """Rate all of `uses` with one statement."""
    columns = list(zip(*((*use.periods_wh, use.cycle_wh) for use in uses), strict=True))
    constants = ", ".join(f"{value}::bigint" for value in batch.values)
    found = await rows(
        f"select charge.fen from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],"
        f" $5::bigint[], $6::bigint[]) with ordinality as u ({PERIODS}, cycle_wh, n)"
        f" cross join (values ({constants})) as k ({', '.join(batch.columns)}) {batch.sql}"
        " order by u.n",
        *map(list, columns),
    )
    return [each["fen"] for each in found]


def random_document(chance: random.Random) -> dict:
    document = deepcopy(ZHEJIANG)

    def price() -> str:
        return f"{chance.randrange(3)}.{chance.randrange(10**8):08}"

    document["charges"][1]["prices"] = {"peak": price(), "valley": price()}
    limits = sorted(chance.sample(range(1, 10_000_000), 2))
    document["charges"][2]["limits"] = [
        {"kwh": [f"{limit // 1000}.{limit % 1000:03}" for limit in limits]}
    ]
    document["charges"][2]["adders"] = ["0", price(), price()]
    document["rounding"]["line"] = {
        "step": chance.choice(["0.01", "0.05", "1"]),
        "mode": chance.choice(["half_up", "half_even", "down", "up"]),
    }
    return document


def random_use(chance: random.Random) -> Consumption:
    most = 10 ** chance.randrange(1, 9)
    peak, valley = chance.randrange(most), chance.randrange(most)
    return Consumption((0, peak, 0, valley, 0), chance.randrange(12_000_000))


async def test_sql_equals_the_reference_on_random_tariffs_and_consumptions(database):
    chance = random.Random(20261)
    for _ in range(20):
        terms = rating.terms_of(tariff.tariff_of(random_document(chance)), first_day=DAY)
        uses = [random_use(chance) for _ in range(500)]
        expected = [rating.rate(terms, use).total_fen for use in uses]
        assert await rated(rating.set_based(terms), uses) == expected


async def test_what_would_overflow_bigint_is_exact_all_the_same(database):
    terms = rating.terms_of(tariff.tariff_of(ZHEJIANG), first_day=DAY)
    batch = rating.set_based(terms)
    edge = batch.values[0]
    uses = [
        Consumption((0, peak, 0, valley, 0), before)
        for peak in (edge - 1, edge, edge + 1, 10**15)
        for valley in (0, 1, 10**15 + 7)
        for before in (0, 4_800_000, 10**16)
    ]
    assert await rated(batch, uses) == [rating.rate(terms, use).total_fen for use in uses]


async def test_energy_in_an_unpriced_period_is_null_where_the_reference_refuses(database):
    batch = rating.set_based(rating.terms_of(tariff.tariff_of(ZHEJIANG), first_day=DAY))
    assert await rated(batch, [Consumption((0, 5, 1, 0, 0)), Consumption((0, 0, 0, 0, 0))]) == [
        None,
        0,
    ]


@pytest.mark.parametrize("mode", ["half_up", "half_even", "down", "up"])
def test_tariffs_that_differ_in_numbers_only_share_a_statement(mode):
    first, second = deepcopy(ZHEJIANG), deepcopy(ZHEJIANG)
    second["charges"][1]["prices"]["peak"] = "0.55"
    for document in (first, second):
        document["rounding"]["line"]["mode"] = mode
    forms = [
        rating.set_based(rating.terms_of(tariff.tariff_of(document), first_day=DAY))
        for document in (first, second)
    ]
    assert forms[0].sql == forms[1].sql
    assert forms[0].values != forms[1].values
