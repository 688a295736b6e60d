"""Accounts are locked by their rows, or a range of them at once: one holds out the other."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from domain import accrual, charge_control, customer, metering
from domain.base import rows, run, transaction, value
from tests import seed
from tests.conftest import MORNING

pytestmark = pytest.mark.usefixtures("database")

FAR = 5_000_000
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = $1"
Lock = Callable[[], Awaitable[None]]


async def home(account_id: int) -> None:
    """Open an account of that id."""
    await run(f"alter sequence account_id_seq restart with {account_id}")
    district_id = await value("select min(id) from district")
    made = await seed.home(district_id or await seed.district(now=MORNING), now=MORNING)
    assert made.account_id == account_id


async def until_it_waits(task: asyncio.Task[object]) -> None:
    """Wait until the task's session waits for a lock."""
    name = await value("select current_database()")
    while not await value(WAITING, name):
        assert not task.done(), "nobody held it up"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def held(lock: Lock) -> AsyncGenerator[None]:
    """Hold a lock in another task for as long as the block lasts."""
    taken, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await lock()
            taken.set()
            await done.wait()

    task = asyncio.create_task(hold())
    await taken.wait()
    try:
        yield
    finally:
        done.set()
        await task


async def locked(lock: Lock) -> None:
    async with transaction():
        await lock()


def row(account_id: int) -> Lock:
    return partial(customer.lock, [account_id])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row(1), row(1)),
        (row(1), partial(customer.lock_range, 1, 1)),
        (row(FAR), partial(customer.lock_range, 1, FAR)),
        (partial(customer.lock_range, 1, 3), row(1)),
        (partial(customer.lock_range, 1, FAR), row(FAR)),
        (partial(customer.lock_range, 2, 9), partial(customer.lock_range, 9, 12)),
    ],
)
async def test_who_holds_an_account_keeps_the_others_waiting(first, second):
    for account_id in (1, FAR):
        await home(account_id)
    async with held(first):
        waiting = asyncio.create_task(locked(second))
        await until_it_waits(waiting)
    await waiting


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row(1), row(2)),
        (row(1), partial(customer.lock_range, FAR, FAR + 99)),
        (partial(customer.lock_range, FAR, FAR + 99), row(1)),
    ],
)
async def test_who_wants_other_accounts_does_not_wait(first, second):
    for account_id in (1, 2):
        await home(account_id)
    async with held(first):
        await locked(second)


async def test_a_review_passes_by_accounts_whose_range_is_held():
    await home(1)
    await run("update control set review_at = $1", MORNING)
    async with held(partial(customer.lock_range, 1, 1)):
        assert await charge_control.review_due(limit=5, now=MORNING) == 0
    assert await charge_control.review_due(limit=5, now=MORNING) == 1


async def test_a_night_waits_for_the_payment_of_one_and_charges_all():
    at = MORNING + timedelta(hours=1)
    for account_id in (1, 2, 3):
        await home(account_id)
    await run("update meter_register set peak_wh = peak_wh + 1000, measured_at = $1", at)
    await metering.mark_changed([1, 2, 3])
    async with held(row(2)):
        night = asyncio.create_task(accrual.accrue_changed(limit=10, now=at))
        await until_it_waits(night)
        assert not await rows("select 1 from account_position where as_of = $1", at)
    assert (await night).accounts == 3
    assert len(await rows("select 1 from account_position where as_of = $1", at)) == 3
