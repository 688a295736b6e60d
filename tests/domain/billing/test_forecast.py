"""What the running month is heading for, by a method that is stated."""

from datetime import date

import pytest

from domain import billing, customer, field_service, metering
from domain.base import Actor
from domain.metering import NewMeter, Reading
from tests import seed

from .homes import OPENED, at, bill, document, home, publish, record, tiers


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


@pytest.mark.parametrize("read", [True, False])
async def test_the_power_factor_is_expected_to_stay_what_it_is(district_id, read):
    table = {"standard": "0.90", "penalties": [{"to": "0.70", "percent": "0.5"}]}
    factor = {"kind": "power_factor", **table, "of": ["energy"]}
    await publish(document("works", {"kind": "energy", "price": "0.50"}, factor))
    one = await home(district_id, code="works", fen=1_000_000)

    async def stands(day: str, wh: int, varh: int) -> None:
        await one.read(at(day), peak_wh=wh)
        if read:
            seen = metering.FurtherReading(one.seeded.meter_id, at(day), import_varh=varh)
            await metering.record_further([seen], now=at(day))

    if read:
        begun = metering.FurtherReading(one.seeded.meter_id, OPENED, import_varh=0)
        await metering.record_further([begun], now=OPENED)
    await stands("2026-01-06", 40_000, 30_000)
    await stands("2026-01-11", 80_000, 60_000)
    found = await billing.forecast(one.account_id)
    # 248 kWh cost 124.00; a factor of 0.80 adds ten times 0.5 percent
    assert found.expected_fen == 124_00 + (6_20 if read else 0)
    await stands("2026-02-01", 248_000, 186_000)
    await bill("2026-02-01")
    (billed,) = await one.bills()
    assert billed["total_fen"] == found.expected_fen


async def test_without_a_measured_day_there_is_no_forecast(district_id):
    one = await home(district_id)
    with pytest.raises(billing.NoForecast):
        await billing.forecast(one.account_id)


async def test_who_moves_in_by_day_and_gets_another_meter_is_forecast_by_both(district_id):
    await publish(document("flat", {"kind": "energy", "price": "0.50"}))
    one = await home(district_id, code="flat", fen=100_000, now=at("2026-01-05", 10))
    for day in range(6, 11):
        await one.read(at(date(2026, 1, day)), peak_wh=10_000 * (day - 5))
    assert (await billing.forecast(one.account_id)).expected_wh == 50_000 + 22 * 10_000
    another = await field_service.exchange_meter(
        one.seeded.meter_id,
        NewMeter("ANOTHER", rated_w=8_800),
        removal=(55_000, 0, 55_000, 0, 0, 0),
        actor=Actor("INSPECTOR", 1),
        now=at("2026-01-10", 12),
    )
    for day in range(11, 17):
        wh = 10_000 * (day - 10) - 5_000
        await record(
            [Reading(another, day, at(date(2026, 1, day)), wh, (0, wh, 0, 0, 0))],
            now=at(date(2026, 1, day)),
        )
    found = await billing.forecast(one.account_id)
    assert (found.as_of, found.expected_wh) == (at("2026-01-16"), 110_000 + 16 * 10_000)
    days = {"first_day": date(2026, 1, 5), "until": date(2026, 1, 16)}
    rated = await billing.what_if(one.account_id, "flat", **days)
    (part,) = rated.parts
    assert [span.until for span in part.spans] == [at("2026-01-10", 12), at("2026-01-16")]
    assert (rated.energy_wh, part.estimated, part.missing) == (110_000, False, False)
    days = {"first_day": date(2026, 1, 12), "until": date(2026, 1, 16)}
    (part,) = (await billing.what_if(one.account_id, "flat", **days)).parts
    assert [span.meter_id for span in part.spans] == [another]
