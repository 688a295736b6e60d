"""A paid account is never tripped by a late command, however late and however often it comes."""

from datetime import timedelta

from devices.codec import Mode, Result
from domain.command import ResultCode
from tests.stories.world import until


async def test_a_trip_that_was_delayed_on_the_air_is_refused(world):
    home = await world.meter()
    home.wire.hold()
    await world.until(lambda: bool(home.wire.held))
    late_trip = home.wire.held[0]

    await world.pay(home, "200.00")
    home.wire.let_pass()
    await until(lambda: home.meter.memory.last_seq == 2)  # the permit-close overtook it
    await world.drain()
    answer = await home.wire.ask(late_trip)

    assert Result.unpacked(answer).code == ResultCode.SEQ_CONFLICT
    assert home.supply == "ON"
    assert await home.commands() == [(1, "SUPERSEDED"), (2, "VERIFIED")]


async def test_a_trip_that_is_recorded_and_said_again_after_the_payment_moves_nothing(world):
    home = await world.meter()
    await world.until(home.is_off)
    trip = home.wire.commands[-1]
    await world.pay(home, "200.00")
    await world.drain()
    await world.press_button(home)
    assert await home.meter.reboot()  # its radio forgets what it heard, its memory does not
    obeyed = home.meter.memory.executions

    for _ in range(3):
        await home.wire.ask(trip)

    assert home.meter.memory.executions == obeyed
    assert home.supply == "ON"


async def test_a_trip_that_waits_for_a_sleeping_meter_is_taken_back_by_the_payment(world):
    home = await world.meter(mode=Mode.PSM)
    await world.until(lambda: "FINAL_NOTICE" in world.sms.kinds_to(home))
    home.meter.faults.asleep_until = world.clock.now() + timedelta(hours=1)
    await world.passes(minutes=45)
    assert await home.commands() == [(1, "PENDING")]

    await world.pay(home, "200.00")
    await world.passes(minutes=45)
    await world.report()

    assert await home.commands() == [(1, "CANCELED")]
    assert home.wire.commands == []
    assert home.supply == "ON"
