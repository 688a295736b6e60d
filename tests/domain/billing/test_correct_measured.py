"""What was read, or put right by a person, after a bill corrects the bill by itself."""

from datetime import timedelta

import pytest

from domain import accrual, billing, metering
from domain.base import Actor, rows, value
from domain.metering import Outcome, Resolution
from tests import seed

from .homes import OPENED, SHANGHAI, Home, at, bill, document, home, publish, record, tiers

CLERK = Actor("OPERATOR", 7)
LATER = at("2026-03-10")


@pytest.fixture
async def district_id(database) -> int:
    found = await seed.district(now=OPENED)
    await publish(document("year", tiers(12, ["300", "500"], ["0.50", "0.60", "0.90"])))
    return found


async def billed(district_id: int) -> Home:
    """Return a home whose January ends between two readings: 290 and 310 kWh, so 300 reckoned."""
    one = await home(district_id, code="year", fen=1_000_000)
    await one.read(at("2026-01-31"), peak_wh=290_000)
    await one.read(at("2026-02-02"), peak_wh=310_000)
    await one.read(at("2026-03-01"), peak_wh=600_000)
    await bill("2026-03-01")
    found = await one.bills()
    assert [(each["estimated"], each["total_fen"]) for each in found] == [
        (True, 150_00),
        (True, 200 * 60 + 100 * 90),
    ]
    return one


async def standing(one: Home) -> list[tuple[bool, int]]:
    found = await rows(
        """select estimated, total_fen from bill
           where account_id = $1 and kind = 'BILL' and state = 'ISSUED' order by first_day""",
        one.account_id,
    )
    return [(each["estimated"], each["total_fen"]) for each in found]


async def test_an_estimated_bill_gives_way_to_what_was_read_later(district_id):
    one, other = await billed(district_id), await billed(district_id)
    was = (await one.position())["available_fen"]
    await record([one.reading(at("2026-02-01"), peak_wh=306_000)], now=LATER)
    assert await billing.correct_measured(limit=10, now=LATER) == one.account_id
    # 300 x 0.50 + 6 x 0.60; then 194 x 0.60 + 100 x 0.90 on top of 306
    assert await standing(one) == [(False, 153_60), (False, 206_40)]
    assert await standing(other) == [(True, 150_00), (True, 210_00)]
    assert (await one.position())["available_fen"] == was, "what one month gets the other loses"
    (noted,) = await rows("select actor, subject from audit_entry where action = 'CORRECT_BILLS'")
    assert noted == {"actor": "SYSTEM:0", "subject": f"account:{one.account_id}"}
    assert await billing.correct_measured(limit=10, now=LATER) is None, "once is enough"
    assert await value("select count(*) from bill where kind = 'REVERSAL'") == 2


async def test_an_estimate_above_what_was_measured_later_gives_way(district_id):
    one = await home(district_id, code="year", fen=1_000_000)
    days = [at(OPENED.astimezone(SHANGHAI).date() + timedelta(days=k)) for k in range(1, 25)]
    await record([one.reading(d, peak_wh=10_000 * k) for k, d in enumerate(days, 1)], now=days[-1])
    await bill("2026-02-03")
    assert await standing(one) == [(True, 310 * 50 + 10 * 10)]
    # They were away: 240 kWh on 25 January, 251 on 5 February.
    await one.read(at("2026-02-05"), peak_wh=251_000)
    assert await billing.correct_measured(limit=10, now=at("2026-02-06")) == one.account_id
    assert await standing(one) == [(True, 247 * 50)]
    assert (await one.position())["unbilled_wh"] == 4_000
    assert await billing.correct_measured(limit=10, now=at("2026-02-06")) is None


async def test_what_was_measured_below_an_estimate_keeps_nobody_back_until_it_is_corrected(
    district_id,
):
    """Accounts that are rated one by one, for their capacity, are charged beside others."""
    energy = {"kind": "energy", "price": "0.50"}
    capacity = {"kind": "per_kva", "price": "10", "proration": "whole"}
    await publish(document("large", energy, capacity))
    one, other = [await home(district_id, code="large", fen=1_000_000) for _ in range(2)]
    days = [at(OPENED.astimezone(SHANGHAI).date() + timedelta(days=k)) for k in range(1, 25)]
    await record([one.reading(d, peak_wh=10_000 * k) for k, d in enumerate(days, 1)], now=days[-1])
    await bill("2026-02-03")
    assert (await standing(one))[0][0]
    late = at("2026-02-05")
    readings = [one.reading(late, peak_wh=251_000), other.reading(late, peak_wh=1_000)]
    await record(readings, now=late)
    assert (await other.position())["as_of"] == late
    assert (await one.position())["as_of"] < late, "stale, and so nobody is tripped on it"
    assert await accrual.charges_to_date(one.account_id) is None
    assert await billing.correct_measured(limit=10, now=late) == one.account_id
    assert (await one.position())["unbilled_wh"] == 4_000


async def test_a_reading_that_a_person_puts_right_corrects_the_bill(district_id):
    one = await billed(district_id)
    held = one.reading(at("2026-02-01"), peak_wh=9_000_000)
    assert await metering.record([held], now=LATER) == [Outcome.HELD]
    assert await billing.correct_measured(limit=10, now=LATER) is None
    await metering.resolve_exception(
        await value("select id from reading_exception where resolved_at is null"),
        Resolution.REPLACE,
        actor=CLERK,
        reason="a digit too many",
        now=LATER,
        registers=(306_000, 0, 306_000, 0, 0, 0),
    )
    await billing.correct_measured(limit=10, now=LATER)
    assert await standing(one) == [(False, 153_60), (False, 206_40)]


async def test_a_measured_bill_follows_a_reading_that_took_anothers_place(district_id):
    one = await home(district_id, code="year", fen=1_000_000)
    await one.read(at("2026-02-01"), peak_wh=360_000)
    await bill("2026-02-01")
    await metering.withdraw_reading(
        one.seeded.meter_id, at("2026-02-01"), actor=CLERK, reason="misread", now=LATER
    )
    assert await billing.correct_measured(limit=10, now=LATER) is None, "nobody knows better yet"
    await record([one.reading(at("2026-02-01"), peak_wh=306_000)], now=LATER)
    await billing.correct_measured(limit=10, now=LATER)
    assert await standing(one) == [(False, 153_60)]


async def test_while_a_bill_is_held_the_others_stay(district_id):
    one = await billed(district_id)
    await one.read(at("2026-04-01"), peak_wh=600_000)
    await bill("2026-04-01")
    await record([one.reading(at("2026-02-01"), peak_wh=306_000)], now=LATER)
    assert await billing.correct_measured(limit=10, now=LATER) is None
    (held,) = [each["id"] for each in await one.bills() if each["state"] == "HELD"]
    await billing.release(held, why="away", actor=CLERK, now=at("2026-04-02"))
    assert await billing.correct_measured(limit=10, now=at("2026-04-02")) == one.account_id
    assert await standing(one) == [(False, 153_60), (False, 206_40), (False, 0)]
