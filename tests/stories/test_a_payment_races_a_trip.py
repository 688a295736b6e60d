"""Payments race trips through the whole house; whoever has paid has power, or may press for it."""

import asyncio
from random import Random

from domain.base import rows

HOMES = 20


async def test_a_payment_races_a_trip(world):
    homes = [await world.meter() for _ in range(HOMES)]
    await world.until(lambda: all("FINAL_NOTICE" in world.sms.kinds_to(home) for home in homes))
    due = await world.drain()
    chance = Random(1)

    async def pay_somewhen(home) -> None:
        for _ in range(chance.randrange(2_000)):
            await asyncio.sleep(0)
        await world.pay(home, "200.00")

    world.clock.advance_to(due)  # all trips are due now
    await asyncio.gather(*(pay_somewhen(home) for home in homes))
    await world.drain()
    await world.report()

    assert {home.supply for home in homes} <= {"ON", "READY_TO_CLOSE"}
    for home in homes:
        await world.press_button(home)
    assert {home.supply for home in homes} == {"ON"}
    left = await rows(
        "select state from command where state not in ('VERIFIED', 'CANCELED', 'SUPERSEDED')"
    )
    assert left == []
    paid = await rows("select account_id from payment group by account_id having count(*) = 1")
    assert len(paid) == HOMES
