"""What the running month is heading for, by a method that is stated."""

from datetime import date

import pytest

from domain import billing, customer
from domain.base import Actor
from tests import seed

from .homes import OPENED, at, bill, document, home, publish, tiers


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


async def test_the_bill_is_expected_at_the_average_of_the_last_days(district_id):
    await publish(document("flat", {"kind": "energy", "price": "0.50"}))
    one = await home(district_id, code="flat", fen=20_000)
    for day in range(1, 11):
        await one.read(at(date(2026, 1, 1 + day)), peak_wh=10_000 * day)
    found = await billing.forecast(one.account_id)
    assert (found.expected_wh, found.expected_fen) == (310_000, 155_00)
    assert (found.days_left, found.days_averaged) == (30, 10)
    assert found.method == "AVERAGE_OF_LAST_28_DAYS"
    assert (found.first_day, found.until) == (date(2026, 1, 1), date(2026, 2, 1))


async def test_tiers_make_the_days_to_come_dearer(district_id):
    await publish(document("steep", tiers(1, ["100"], ["0.50", "1.00"])))
    one = await home(district_id, code="steep", fen=10_000)
    for day in range(1, 11):
        await one.read(at(date(2026, 1, 1 + day)), peak_wh=10_000 * day)
    found = await billing.forecast(one.account_id)
    assert found.expected_fen == 50_00 + 210_00
    assert found.days_left == 5


async def test_a_new_month_of_tiers_is_cheap_again(district_id):
    await publish(document("steep", tiers(1, ["100"], ["0.50", "1.00"])))
    one = await home(district_id, code="steep", fen=50_00 + 210_00 + 25_00)
    for day in range(1, 11):
        await one.read(at(date(2026, 1, 1 + day)), peak_wh=10_000 * day)
    found = await billing.forecast(one.account_id)
    assert found.days_left == 21 + 5


async def test_contracted_capacity_is_expected_as_it_is_billed(district_id):
    capacity = {"kind": "per_kva", "price": "20", "proration": "days"}
    await publish(document("works", {"kind": "energy", "price": "0.50"}, capacity))
    one = await home(district_id, code="works", fen=1_000_000)
    facts = customer.ServiceFacts(capacity_va=100_000, declared_w=0)
    await customer.state_service(
        one.account_id, facts, since=date(2026, 1, 1), actor=Actor("OPERATOR", 1), now=OPENED
    )
    for day in range(1, 11):
        await one.read(at(date(2026, 1, 1 + day)), peak_wh=10_000 * day)
    found = await billing.forecast(one.account_id)
    assert found.expected_fen == 155_00 + 2_000_00
    await one.read(at("2026-02-01"), peak_wh=310_000)
    await bill("2026-02-01")
    (billed,) = await one.bills()
    assert billed["total_fen"] == found.expected_fen


async def test_without_a_measured_day_there_is_no_forecast(district_id):
    one = await home(district_id)
    with pytest.raises(billing.NoForecast):
        await billing.forecast(one.account_id)
