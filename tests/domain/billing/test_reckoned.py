"""A register that was reckoned, not read, is marked in both parts that meet there."""

from datetime import date

import pytest

from domain import billing
from domain.base import Actor, rows
from tests import seed

from .homes import OPENED, Home, at, bill, document, home, publish, record

FLAT = {"kind": "energy", "price": "0.50"}
CLERK = Actor("OPERATOR", 7)


@pytest.fixture
async def district_id(database) -> int:
    found = await seed.district(now=OPENED)
    await publish(document("flat", FLAT))
    await publish(document("flat", {**FLAT, "price": "0.60"}, version="2", valid_from="2026-02-16"))
    return found


async def marks(one: Home) -> list[list[tuple[bool, bool]]]:
    """Return for each part of each bill in force whether its first and last register are marked."""
    bills = await billing.bills_of(one.account_id, limit=9)
    told = [await billing.bill_of(each.id) for each in bills if each.state == "ISSUED"]
    return [
        [(span.base_estimated, span.end_estimated) for part in each.parts for span in part.spans]
        for each in sorted(told, key=lambda one: one.bill.first_day)
        if each.bill.kind == "BILL"
    ]


async def estimated(one: Home) -> list[bool]:
    return [each["estimated"] for each in await one.bills()]


async def lived(district_id: int) -> Home:
    """Return a home of three bills that nobody read on 1 February and 16 February."""
    one = await home(district_id, code="flat", fen=1_000_000)
    for day, wh in (("01-31", 290), ("02-02", 310), ("02-15", 400), ("02-17", 420)):
        await one.read(at(f"2026-{day}"), peak_wh=wh * 1_000)
    await one.read(at("2026-03-01"), peak_wh=600_000)
    await one.read(at("2026-04-01"), peak_wh=800_000)
    await bill("2026-04-01")
    return one


async def test_where_nobody_read_the_part_that_ends_and_the_one_that_begins_are_marked(district_id):
    one = await lived(district_id)
    assert await marks(one) == [[(False, True)], [(True, True), (True, False)], [(False, False)]]
    assert await estimated(one) == [True, True, False]
    again = [await billing.recompute(each["id"]) for each in await one.bills()]
    assert all(each.is_same for each in again)


async def test_an_open_part_that_is_opened_again_still_begins_where_nobody_read(district_id):
    one = await home(district_id, code="flat", fen=1_000_000)
    for day, wh in (("01-31", 290), ("02-02", 310), ("02-15", 400), ("02-17", 420)):
        await one.read(at(f"2026-{day}"), peak_wh=wh * 1_000)
    await bill("2026-02-18")
    await billing.correct(
        one.account_id, since=date(2026, 2, 1), why="looked", actor=CLERK, now=at("2026-02-18")
    )
    await one.read(at("2026-03-01"), peak_wh=600_000)
    await bill("2026-03-01")
    assert await marks(one) == [[(False, True)], [(True, True), (True, False)]]


async def test_a_correction_by_what_was_read_unmarks_both(district_id):
    one = await lived(district_id)
    await record([one.reading(at("2026-02-01"), peak_wh=306_000)], now=at("2026-04-02"))
    await billing.correct_measured(limit=10, now=at("2026-04-02"))
    assert await marks(one) == [[(False, False)], [(False, True), (True, False)], [(False, False)]]
    base = await rows("select estimated from charge_segment where account_id = $1", one.account_id)
    assert base == [{"estimated": None}]


async def test_what_would_have_been_is_marked_alike(district_id):
    one = await lived(district_id)
    days = {"first_day": date(2026, 2, 1), "until": date(2026, 4, 1)}
    would = await billing.what_if(one.account_id, "flat", **days)
    spans = [(s.base_estimated, s.end_estimated) for part in would.parts for s in part.spans]
    assert spans == [(True, True), (True, False)]
