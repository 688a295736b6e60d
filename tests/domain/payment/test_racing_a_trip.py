"""Money and protection race the trip: whoever is owed power is not left in the dark."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import chain

import pytest

from domain import charge_control
from domain.base import Actor, rows, value
from domain.command import Verb
from tests import seed
from tests.domain.payment.ripe import ripen
from tests.seed import Home

pytestmark = pytest.mark.usefixtures("database")
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")
HOMES, ROUNDS, FEN = 50, 20, 5_000

# A trip that is alive, or that left, on an account that is owed power, with nothing behind it.
DOOMED = """
select t.id from command t where t.verb = 1 and (
  t.state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED') or t.seq is not null)
and not exists (select 1 from command c where c.meter_id = t.meter_id and c.verb = 2
  and c.id > t.id and c.state = 'PENDING' and t.state = 'SUPERSEDED')
"""


@pytest.fixture
async def homes() -> list[Home]:
    district_id = await seed.district(now=MONDAY_10)
    return [await seed.home(district_id, now=MONDAY_10) for _ in range(HOMES)]


async def trip(home: Home) -> bool:
    await charge_control.review(home.account_id, now=MONDAY_10)
    envelope = await charge_control.dispatch(home.meter_id, now=MONDAY_10)
    return envelope is not None and envelope.verb is Verb.TRIP


async def late(runner: Callable[[Home], Awaitable[object]], home: Home, trips: int) -> object:
    """Start a runner so many round trips late: either side shall win now and then."""
    for _ in range(trips):
        await value("select 1")
    return await runner(home)


async def race(
    homes: list[Home], rescue: Callable[[Home], Awaitable[object]], *, lead: int
) -> tuple[int, int]:
    """Let each home's rescue race its trip; return how many trips left and how many were issued."""
    chance = random.Random(4)
    sent = issued = 0
    for _ in range(ROUNDS):
        await ripen(MONDAY_10)
        runners = [(late(rescue, home, chance.randrange(lead)), trip(home)) for home in homes]
        finished = await asyncio.gather(*chain.from_iterable(runners))
        assert await rows(DOOMED) == []
        sent += sum(each is True for each in finished)
        issued += await value("select count(*) from command where verb = 1")
    return sent, issued


async def test_a_payment_races_a_trip_a_thousand_times(homes):
    sent, issued = await race(homes, lambda home: home.pays(FEN, at=MONDAY_10), lead=8)
    assert 0 < sent < issued < HOMES * ROUNDS, "either side must win now and then"
    for home in homes:
        assert await home.available_fen() == FEN - 100
    stored = await rows("select balance_fen from ledger_account where kind = 'PREPAID'")
    assert [row["balance_fen"] for row in stored] == [FEN * ROUNDS] * HOMES


async def test_protection_races_a_trip(homes):
    def protect(home: Home) -> Awaitable[None]:
        return charge_control.protect(
            home.account_id, why="HOSPITAL", actor=Actor("OPERATOR", 1), now=MONDAY_10
        )

    sent, _ = await race(homes[:10], protect, lead=40)
    assert sent > 0
