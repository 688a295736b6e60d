"""The worker as it runs, with a clock that is driven: what follows, follows by itself."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain import charge_control, command, metering, outbox
from domain.base import SYSTEM, value
from domain.command import Verb
from domain.metering import Reading
from runtime import settings
from tests import seed
from tests.seed import Home
from tests.workers.crew import until
from workers import schedule


@pytest.fixture
async def worker(database, redis_url, clock, tmp_path) -> AsyncIterator[None]:
    given = {"database_url": database, "redis_url": redis_url, "clock_file": tmp_path / "clock"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import asyncio, workers; asyncio.run(workers.run_worker())",
        cwd=Path(__file__).parents[2],
        env=settings.settings().model_copy(update=given).environment(),
    )
    yield
    assert process.returncode is None, "the worker has died"
    process.kill()
    await process.wait()


async def settled() -> bool:
    """Nothing waits but what only a head end can do."""
    return not await value(
        "select count(*) from outbox where not dead and topic <> 'command.waiting'"
    )


async def open_verbs(home: Home) -> list[int]:
    return [each["verb"] for each in await home.commands() if each["state"] == "PENDING"]


@pytest.mark.usefixtures("worker")
async def test_usage_leads_to_notices_and_each_due_moment_to_the_next_step(clock):
    home = await seed.home(await seed.district(now=clock.now()), now=clock.now())
    await metering.ensure_partitions([clock.now().date() + timedelta(days=n) for n in range(3)])
    home.registers = (0, 100_000, 0, 0, 0)
    report_at = clock.forward(hours=1)

    async def quiet() -> bool:
        due = await schedule.next_due()
        return await settled() and (due is None or due > clock.now())

    for _ in range(60):  # hourly reports and due moments, as a conductor drives them
        if clock.now() == report_at:
            await command.hear([home.uplink(report_at)], now=report_at)
            report_at += timedelta(hours=1)
        await until(quiet)
        if int(Verb.TRIP) in await open_verbs(home):
            break
        clock.advance_to(min(report_at, await schedule.next_due() or report_at))
    spoken = [(each["kind"], each["delivered_at"]) for each in await home.messages()]
    assert [kind for kind, _ in spoken] == ["NOTICE", "FINAL_NOTICE"]
    assert clock.now() - spoken[0][1] >= timedelta(hours=24)
    assert clock.now() - spoken[1][1] >= timedelta(minutes=30)
    assert [each["verb"] for each in await home.commands()] == [int(Verb.TRIP)]
    assert (await outbox.depth()).dead == 0


@pytest.mark.usefixtures("worker")
async def test_a_command_whose_time_is_over_is_expired_when_the_clock_steps(clock):
    home = await seed.home(await seed.district(now=clock.now()), now=clock.now())
    await charge_control.protect(home.account_id, why="test", actor=SYSTEM, now=clock.now())
    assert await open_verbs(home)
    clock.forward(days=8)

    async def expired() -> bool:
        return not await open_verbs(home) and await settled()

    await until(expired)


@pytest.mark.usefixtures("worker")
async def test_in_the_night_a_silent_meter_is_estimated_and_the_balance_says_so(clock):
    home = await seed.home(await seed.district(now=clock.now()), now=clock.now(), opening_fen=1_000)
    midnight = clock.now() + timedelta(hours=14)
    await metering.ensure_partitions([midnight.date() + timedelta(days=n) for n in range(25)])

    async def planned() -> bool:
        return await metering.next_round_at() is not None

    await until(planned)
    told = [
        Reading(home.meter_id, n, midnight + n * timedelta(days=1), n * wh, (0, n * wh, 0, 0, 0))
        for n, wh in ((n, 900) for n in range(1, 23))
    ]
    clock.advance_to(told[-1].measured_at)
    await metering.record(told, now=clock.now())
    clock.forward(days=1, hours=3)

    async def quiet() -> bool:
        due = await schedule.next_due()
        return due is not None and due > clock.now() and await settled()

    await until(quiet)
    assert await metering.estimates_of(
        home.meter_id, since=clock.now() - timedelta(days=2), until=clock.now()
    )
    assert await value(
        "select estimated from account_position where account_id = $1", home.account_id
    )
    assert (await outbox.depth()).dead == 0
