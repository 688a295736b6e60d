"""The real doors: from the socket to the tables and back."""

from datetime import timedelta

from devices.codec import Mode
from devices.headend import Delivered, HeadEnd
from devices.simulator import Load, Plan, SimulatedMeter
from domain import command
from domain.base import rows, transaction, value
from domain.command import Verb
from tests import seed
from tests.devices.conftest import LIMITS, QUICK


async def test_a_meter_is_read_tripped_and_permitted_through_the_real_house(database, clock):
    installed_at = clock.now()
    district = await seed.district(now=installed_at)
    home = await seed.home(district, now=installed_at, opening_fen=100_000)
    head_end = HeadEnd(plain_allowed=True, now=clock.now, limits=LIMITS)
    port = await head_end.start(host="127.0.0.1", port=0)
    plan = Plan(
        home.serial, Load((500,), installed_at, lambda hour: 1), mode=Mode.DRX, tuning=QUICK
    )
    meter = SimulatedMeter(plan, head_end=f"127.0.0.1:{port}", now=clock.now)
    assert await meter.start()

    clock.forward(hours=4)
    assert await meter.report()
    stored = await rows(
        "select total_wh, peak_wh from reading where meter_id = $1 and n > 0", home.meter_id
    )
    assert [(reading["total_wh"], reading["peak_wh"]) for reading in stored] == [(2000, 2000)]
    link = await command.link_of(home.meter_id)
    assert (link.address, link.mode) == (meter.address, Mode.DRX)

    for verb, states in ((Verb.ALARM_ON, (1, 1)), (Verb.PERMIT_CLOSE, (1, 1))):
        async with transaction():
            await command.issue(home.account_id, verb, cause="TEST", now=clock.now())
        assert await head_end.deliver(home.meter_id) is Delivered.ANSWERED
        await meter.settled()
        assert (meter.memory.output_state, meter.memory.control_state) == states
    states = [each["state"] for each in await home.commands()]
    assert states == ["VERIFIED", "VERIFIED"]
    assert await value("select alarm from supply where meter_id = $1", home.meter_id)

    clock.forward(hours=1)
    async with transaction():
        await command.issue(home.account_id, Verb.ALARM_OFF, cause="TEST", now=clock.now())
    assert await meter.report(clock.now() - timedelta(minutes=1))
    assert [each["state"] for each in await home.commands()][-1] == "VERIFIED"
    await meter.stop()
    await head_end.stop()
