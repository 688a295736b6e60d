"""A meter asleep for two days is served on its next report."""

from datetime import timedelta

from devices.codec import Mode
from domain.base import value
from tests.stories.world import REPORT_EVERY


async def test_the_payment_of_the_first_day_is_carried_out_when_the_meter_wakes(world):
    home = await world.meter(mode=Mode.PSM)
    await world.until(home.is_off)
    home.meter.faults.asleep_until = world.clock.now() + timedelta(days=2)
    await world.pay(home, "100.00")

    await world.passes(hours=47)
    assert home.is_off()
    assert await home.commands() == [(1, "VERIFIED"), (2, "PENDING")]
    tasks = await world.graphql("MyTasks", as_="inspector")  # a day is too long: somebody goes
    assert [each["node"]["kind"] for each in tasks["tasks"]["edges"]] == ["CHECK_SUPPLY"]

    await world.passes(hours=3)
    assert home.supply == "READY_TO_CLOSE"
    assert await home.commands() == [(1, "VERIFIED"), (2, "VERIFIED")]


async def test_the_readings_of_the_two_days_arrive_in_order_and_are_charged(world):
    home = await world.meter(prepaid="500.00", hourly_wh=1_000, mode=Mode.PSM)
    home.meter.faults.asleep_until = world.clock.now() + timedelta(days=2)
    await world.passes(hours=47)
    assert await _stored(home) == 0

    await world.passes(hours=3)
    assert await _stored(home) == timedelta(hours=50) // REPORT_EVERY
    shown = await world.graphql("HomeScreen", as_=home)
    account = shown["viewer"]["accounts"]["edges"][0]["node"]
    assert account["balance"]["unbilledEnergy"] == "50.000"


async def _stored(home):
    return await value(
        """select count(*) from reading join meter on meter.id = meter_id
           where account_id = $1 and n > 0""",
        home.account_id,
    )
