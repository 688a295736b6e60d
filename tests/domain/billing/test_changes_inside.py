"""What an account holds or has contracted changes inside a month: each part by its own."""

from datetime import date

import pytest

from domain import billing, customer, reporting
from domain.base import Actor, value
from domain.customer import Held, ServiceFacts
from tests import seed

from .homes import OPENED, Home, at, bill, document, home, publish, tiers

CLERK = Actor("OPERATOR", 1)
CAPACITY = {"kind": "per_kva", "price": "20", "proration": "thirtieth"}
ENERGY = {"kind": "energy", "price": "0.50"}
CHOICE = (
    {"kind": "energy", "price": "0.60", "when": {"lacks": "flat-price"}},
    {"kind": "energy", "line": "flat", "price": "0.50", "when": {"holds": "flat-price"}},
)


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


async def contracts(one: Home, since: str, *, kva: int, kw: int = 0) -> None:
    facts = ServiceFacts(capacity_va=1000 * kva, declared_w=1000 * kw)
    day = date.fromisoformat(since)
    await customer.state_service(one.account_id, facts, since=day, actor=CLERK, now=OPENED)


async def holds(one: Home, name: str, since: str, until: str | None = None) -> None:
    held = Held(name, date.fromisoformat(since), date.fromisoformat(until) if until else None)
    await customer.grant_entitlement(one.account_id, held, actor=CLERK, now=OPENED)


async def billed(one: Home) -> tuple[int, list[tuple[str, int]]]:
    """Return the total of the last bill, and the days and the energy of its parts."""
    found = (await one.bills())[-1]
    detail = await billing.bill_of(found["id"])
    parts = [(str(part.first_day), sum(part.periods_wh)) for part in detail.parts]
    assert (await billing.recompute(found["id"])).is_same
    return found["total_fen"], parts


async def is_whole() -> bool:
    return not [each for each in await reporting.verify() if each.breaches]


@pytest.mark.parametrize(
    ("proration", "fen"),
    [
        # 100 kVA for 15 days, 200 kVA for 16: 15/30 and what is left of the month; by days
        ("thirtieth", 100 * 2000 // 2 + 200 * 2000 // 2),
        ("days", 96_774 + 206_452),
        # a month is charged whole on its first day
        ("whole", 100 * 2000),
    ],
)
@pytest.mark.parametrize("bill_run", [True, False], ids=["part-ended", "part-waits"])
async def test_each_capacity_costs_its_days(district_id, proration, fen, bill_run):
    await publish(document("works", ENERGY, {**CAPACITY, "proration": proration}))
    one = await home(district_id, code="works", fen=1_000_000)
    await contracts(one, "2026-01-01", kva=100)
    await contracts(one, "2026-01-16", kva=200)
    await one.read(at("2026-01-08"), peak_wh=70_000)
    early = await billing.forecast(one.account_id)
    await one.read(at("2026-01-16"), peak_wh=150_000)
    if bill_run:
        assert (await bill("2026-01-16")).issued == 0
    await one.read(at("2026-02-01"), peak_wh=310_000)
    waiting = (await one.position())["estimated"]
    assert waiting is not bill_run
    assert await is_whole()
    await bill("2026-02-01")
    assert await billed(one) == (fen + 155_00, [("2026-01-01", 150_000), ("2026-01-16", 160_000)])
    assert early.expected_fen == fen + 155_00
    assert await is_whole()
    done = await billing.correct(
        one.account_id, since=date(2026, 1, 1), why="again", actor=CLERK, now=at("2026-02-02")
    )
    assert (done.replacement_ids, done.difference_fen) == ((), 0)


async def test_another_price_counts_from_its_day_on_in_one_statement(district_id):
    await publish(document("choice", *CHOICE))
    one = await home(district_id, code="choice", fen=100_000)
    await holds(one, "flat-price", "2026-01-11", "2026-01-21")
    for day, wh in (("2026-01-11", 70_000), ("2026-01-21", 130_000)):
        await one.read(at(day), peak_wh=wh)
        await bill(day)
    assert (await one.position())["unbilled_fen"] == 70 * 60 + 60 * 50
    assert await is_whole()
    await one.read(at("2026-02-01"), peak_wh=230_000)
    await bill("2026-02-01")
    parts = [("2026-01-01", 70_000), ("2026-01-11", 60_000), ("2026-01-21", 100_000)]
    assert await billed(one) == (70 * 60 + 60 * 50 + 100 * 60, parts)


async def test_what_is_said_late_counts_from_its_day_on(district_id):
    await publish(document("choice", *CHOICE))
    one = await home(district_id, code="choice", fen=100_000)
    for day, wh in (("2026-01-11", 70_000), ("2026-01-21", 130_000)):
        await one.read(at(day), peak_wh=wh)
        await bill(day)
    await holds(one, "flat-price", "2026-01-11")
    assert (await bill("2026-01-21", hour=2)).accounts == 1
    assert (await one.position())["unbilled_fen"] == 70 * 60 + 60 * 50
    assert (await bill("2026-01-21", hour=3)).accounts == 0


async def test_a_month_that_is_billed_is_corrected_in_parts(district_id):
    await publish(document("choice", *CHOICE))
    one = await home(district_id, code="choice", fen=100_000)
    await one.read(at("2026-01-11"), peak_wh=70_000)
    await one.read(at("2026-02-01"), peak_wh=130_000)
    await bill("2026-02-01")
    assert await billed(one) == (130 * 60, [("2026-01-01", 130_000)])
    await holds(one, "flat-price", "2026-01-11")
    done = await billing.correct(
        one.account_id, since=date(2026, 1, 1), why="late", actor=CLERK, now=at("2026-02-02")
    )
    assert done.difference_fen == -60 * 10
    total, parts = await billed(one)
    assert (total, parts) == (7_200, [("2026-01-01", 70_000), ("2026-01-11", 60_000)])


async def test_a_tariff_that_does_not_ask_is_not_cut(district_id):
    await publish(document("plain", ENERGY), document("works", ENERGY, CAPACITY))
    plain = await home(district_id, code="plain", fen=100_000)
    works = await home(district_id, code="works", fen=1_000_000)
    for one in (plain, works):
        await contracts(one, "2026-01-01", kva=100)
        await holds(one, "flat-price", "2026-01-11")
    await contracts(plain, "2026-01-11", kva=200)
    await contracts(works, "2026-01-11", kva=100, kw=50)
    for one in (plain, works):
        await one.read(at("2026-01-20"), peak_wh=100_000)
    assert (await bill("2026-01-20")).accounts == 0
    assert await value("select count(*) from bill_run") == 0
    for one in (plain, works):
        await one.read(at("2026-02-01"), peak_wh=310_000)
    await bill("2026-02-01")
    assert await billed(plain) == (155_00, [("2026-01-01", 310_000)])
    assert await billed(works) == (155_00 + 200_000, [("2026-01-01", 310_000)])


async def test_who_grows_in_may_pays_for_march_what_was_right_in_march(district_id):
    """A year of 300 kWh at 0.50, then 0.60; five people from 20 May on bring 8 x 100 kWh."""
    bonus = {"for": "household", "from_count": 5, "kwh_per_month": ["100"]}
    charge = {**tiers(12, ["300"], ["0.50", "0.60"]), "bonuses": [bonus]}
    await publish(document("year", charge))
    one = await home(district_id, code="year", fen=1_000_000)
    for month in range(2, 6):
        await one.read(at(f"2026-0{month}-01"), peak_wh=150_000 * (month - 1))
    await bill("2026-05-01")
    grown = Held("household", date(2026, 5, 20), None, 5)
    await customer.grant_entitlement(one.account_id, grown, actor=CLERK, now=at("2026-05-20"))
    looked = await billing.correct(
        one.account_id, since=OPENED.date(), why="looked", actor=CLERK, now=at("2026-05-20")
    )
    await one.read(at("2026-06-01"), peak_wh=750_000)
    await bill("2026-06-01")
    fen = [each["total_fen"] for each in await one.bills()]
    assert fen == [75_00, 75_00, 90_00, 90_00, 75_00]
    assert looked.reversed_ids == ()
