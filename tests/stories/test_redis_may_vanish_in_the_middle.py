"""Redis is a doorbell: it may be emptied or die in the middle, and nothing is lost or doubled."""

import pytest
from redis.asyncio import Redis

from domain.command import Verb
from workers import relay

WHOLE_WAY = [
    "ALARM",
    "NOTICE",
    "FINAL_NOTICE",
    "TRIPPED",
    "PAYMENT_RECEIVED",
    "PERMIT_READY",
    "RESTORED",
]


async def test_redis_is_flushed_at_each_hand_over(world, redis_url, short_lease):
    lost = []

    async def flush(job: str) -> None:
        if job not in lost:
            lost.append(job)
            await redis.flushall()

    async with Redis.from_url(redis_url) as redis:
        world.after_hand_over = flush
        home = await world.meter()
        await world.until(home.is_off)
        lost.clear()  # and each once more on the way back
        await world.pay(home, "200.00")
        await world.drain()
        await world.press_button(home)

    assert {"send_notice", "follow_message", "deliver_command", "follow_supply"} <= set(lost)
    await whole_way(world, home)


async def test_redis_is_killed_while_a_payment_comes_and_is_started_again(world, servers):
    if "Valkey" not in servers.processes:
        pytest.skip("this Redis is not ours to kill")
    valkey, _ = servers.processes["Valkey"]
    home = await world.meter()
    await world.until(home.is_off)

    valkey.child.kill()
    valkey.child.wait()
    try:
        receipt = (await world.pay(home, "200.00")).json()
        again = (await world.pay(home, "200.00", reference=receipt["reference"])).json()
        assert again == receipt
        assert home.is_off()
    finally:
        servers.revive()

    await world.drain()
    assert home.supply == "READY_TO_CLOSE"
    await world.press_button(home)
    await whole_way(world, home)


@pytest.fixture
def short_lease(monkeypatch):
    """What a lost queue held is handed out again soon."""
    monkeypatch.setattr(relay, "LEASE_S", 0.3)


async def whole_way(world, home):
    assert home.supply == "ON"
    assert world.sms.kinds_to(home) == WHOLE_WAY
    assert len(world.sms.asked()) == len(WHOLE_WAY)
    expected = [(Verb.TRIP, "VERIFIED"), (Verb.PERMIT_CLOSE, "VERIFIED")]
    assert await home.commands() == expected
    assert home.meter.memory.executions == len(expected)
