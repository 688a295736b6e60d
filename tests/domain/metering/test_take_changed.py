import asyncio

from domain import charge_control, metering
from domain.base import transaction, value
from tests import seed
from tests.seed import Home


async def report(
    home: Home, clock, *, there: asyncio.Event | None = None, go: asyncio.Event | None = None
) -> None:
    async with transaction():
        reading = home.uplink(clock.now()).reading
        assert reading is not None
        await metering.record([reading], now=clock.now())
        if there and go:
            there.set()
            await go.wait()


async def test_a_reading_that_commits_beside_an_assessment_is_assessed_by_the_next(database, clock):
    home = await seed.home(await seed.district(now=clock.now()), now=clock.now())
    clock.forward(hours=1)
    await report(home, clock)
    clock.forward(hours=1)
    there, go = asyncio.Event(), asyncio.Event()
    beside = asyncio.create_task(report(home, clock, there=there, go=go))
    await there.wait()
    await charge_control.assess(limit=10, now=clock.now())
    go.set()
    await beside
    while await charge_control.assess(limit=10, now=clock.now()):
        pass
    as_of = await value("select as_of from account_position where account_id = $1", home.account_id)
    assert as_of == clock.now()
