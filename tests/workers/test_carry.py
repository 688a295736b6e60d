import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from redis.asyncio import Redis

from domain import base, outbox
from domain.base import Refusal
from domain.outbox import Depth, Fact
from runtime.embedded import running
from tests.workers import poor_worker
from tests.workers.crew import add, crew, quiet, tables, until
from workers import carry
from workers.jobs import Later, Tools
from workers.routing import Route

QUEUE = "feikong:test"
ONCE = "insert into effect values ($1) on conflict (n) do nothing"
COUNT = "insert into effect values ($1) on conflict (n) do update set times = effect.times + 1"


async def effect(_tools: Tools, facts: Sequence[Fact]) -> None:
    for fact in facts:
        await base.run(COUNT, fact.payload["n"])


async def effects() -> int:
    found: int = await base.value("select count(*) from effect")
    return found


async def twice() -> int:
    found: int = await base.value("select count(*) from effect where times > 1")
    return found


async def test_two_relays_hand_every_fact_out_once(database, redis_url):
    await tables()
    await add(1500)
    async with crew(redis_url, {"t": Route(QUEUE, effect)}, relays=2):
        await until(quiet)
    assert (await effects(), await twice()) == (1500, 0)


async def test_so_many_facts_of_a_job_as_the_route_says_wait_side_by_side(database, redis_url):
    await tables()
    everyone = asyncio.Barrier(120)

    async def meet(_tools: Tools, facts: Sequence[Fact]) -> None:
        await everyone.wait()
        await effect(_tools, facts)

    async with base.transaction():
        await add(120)
    async with crew(redis_url, {"t": Route(QUEUE, meet, at_once=120)}):
        await until(quiet)
    assert (await effects(), await twice()) == (120, 0)


async def test_a_job_that_takes_too_long_is_cut_and_handed_out_again(database, redis_url):
    await tables()
    begun: list[int] = []

    async def slow_at_first(_tools: Tools, facts: Sequence[Fact]) -> None:
        begun.append(facts[0].attempts)
        if facts[0].attempts == 1:
            await asyncio.Event().wait()
        await effect(_tools, facts)

    await add(1)
    async with crew(redis_url, {"t": Route(QUEUE, slow_at_first, longest_s=1)}):
        await until(quiet)
    assert begun[:2] == [1, 2]  # on a slow machine the second may be cut, too
    assert await effects() == 1


async def test_facts_of_one_topic_travel_as_one_job(database, redis_url):
    await tables()
    groups: list[int] = []

    async def together(_tools: Tools, facts: Sequence[Fact]) -> None:
        groups.append(len(facts))
        await effect(_tools, facts)

    await add(300)
    async with crew(redis_url, {"t": Route(QUEUE, together, together=True)}):
        await until(quiet)
    assert groups == [300]
    assert await effects() == 300


async def test_nothing_is_lost_when_redis_is_flushed_in_the_middle(database, redis_url):
    await tables()
    redis = Redis.from_url(redis_url)

    async def slow(tools: Tools, facts: Sequence[Fact]) -> None:
        await asyncio.sleep(0.002)
        await effect(tools, facts)

    async with crew(redis_url, {"t": Route(QUEUE, slow)}):
        for _ in range(8):
            await add(100)
            await base.run("update outbox set payload = payload || jsonb_build_object('n', id)")
            await redis.flushall()
            await asyncio.sleep(0.05)
        await until(quiet)
    await redis.aclose()
    assert await effects() == 800


async def test_nothing_is_lost_when_redis_is_killed_and_comes_back(database, tmp_path, folder):
    await tables()
    with running(folder / "bounced", settings={"fsync": "off"}) as own:
        async with crew(own.redis_url, {"t": Route(QUEUE, effect)}):
            await add(50)
            await until(quiet)
            valkey, _ = own.processes["Valkey"]
            assert valkey.child is not None
            valkey.child.kill()
            valkey.child.wait()
            async with base.transaction():
                for n in range(50, 200):
                    await outbox.add("t", n=n)
            await asyncio.sleep(0.5)
            assert await effects() == 50
            own.revive()
            await until(quiet)
    assert await effects() == 200


async def test_what_a_killed_worker_held_is_done_by_the_next(database, redis_url):
    await tables()
    await add(20)
    first = await _process(database, redis_url, takes_s=60)

    async def begun() -> bool:
        return bool(await base.value("select count(*) = 20 from begun"))

    await until(begun)
    first.send_signal(signal.SIGKILL)
    await first.wait()
    assert await effects() == 0
    second = await _process(database, redis_url, takes_s=0)
    await until(quiet)
    second.send_signal(signal.SIGKILL)
    await second.wait()
    assert await effects() == 20
    assert await outbox.depth() == Depth(0, 0)


async def test_a_poisoned_fact_is_buried_after_bounded_attempts_and_stops_no_other(
    database, redis_url, monkeypatch
):
    await tables()
    monkeypatch.setattr(carry, "LONGEST_WAIT_S", 0.01)

    async def picky(tools: Tools, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if fact.payload["n"] == 3:
                await base.run("insert into begun values (3, 0)")
                raise ValueError("poison")
            await effect(tools, facts)

    await add(10)
    async with crew(redis_url, {"t": Route(QUEUE, picky)}):
        await until(quiet)
    assert await outbox.depth() == Depth(waiting=0, dead=1)
    assert (await effects(), await twice()) == (9, 0)
    assert await base.value("select count(*) from begun") == carry.ATTEMPTS_MAX


async def test_a_fact_whose_process_always_dies_is_buried_too(database, redis_url):
    await tables()
    await add(1)
    await base.run("update outbox set attempts = $1", carry.ATTEMPTS_MAX)
    async with crew(redis_url, {"t": Route(QUEUE, effect)}):
        await until(quiet)
    assert await outbox.depth() == Depth(waiting=0, dead=1)
    assert await effects() == 0


async def test_a_refusal_ends_the_job_and_later_calls_again(database, redis_url):
    await tables()
    asked: list[int] = []

    async def moody(_tools: Tools, facts: Sequence[Fact]) -> None:
        asked.append(facts[0].attempts)
        if len(asked) == 1:
            raise Later(0.01)
        raise Refusal

    await add(1)
    async with crew(redis_url, {"t": Route(QUEUE, moody)}):
        await until(quiet)
    assert asked == [1, 1]
    assert await outbox.depth() == Depth(0, 0)


async def test_a_job_that_goes_on_in_many_turns_is_not_buried_for_it(database, redis_url):
    await tables()
    turns = 0

    async def long(tools: Tools, facts: Sequence[Fact]) -> None:
        nonlocal turns
        turns += 1
        if turns <= carry.ATTEMPTS_MAX + 1:
            raise Later(0)
        await effect(tools, facts)

    await add(1)
    async with crew(redis_url, {"t": Route(QUEUE, long)}):
        await until(quiet)
    assert await outbox.depth() == Depth(0, 0)
    assert await effects() == 1


async def test_a_long_job_keeps_its_lease_and_runs_once(database, redis_url, monkeypatch):
    await tables()
    monkeypatch.setattr(carry, "LEASE_S", 1)
    monkeypatch.setattr(carry, "HEARTBEAT_S", 0.05)

    async def long(tools: Tools, facts: Sequence[Fact]) -> None:
        await asyncio.sleep(2)
        await effect(tools, facts)

    await add(1)
    async with crew(redis_url, {"t": Route(QUEUE, long)}, relays=2):
        await until(quiet)
    assert (await effects(), await twice()) == (1, 0)


async def test_a_fact_that_nobody_handles_is_put_aside_and_not_dropped(database, redis_url):
    await tables()
    await add(1, topic="nobody.cares")
    await add(1)
    async with crew(redis_url, {"t": Route(QUEUE, effect)}):
        await until(quiet)
    assert await outbox.depth() == Depth(waiting=0, dead=1)
    assert await effects() == 1


async def _process(
    database_url: str, redis_url: str, *, takes_s: int
) -> asyncio.subprocess.Process:
    root = Path(poor_worker.__file__).parents[2]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.workers.poor_worker",
        database_url,
        redis_url,
        cwd=root,
        env={**os.environ, "TAKES_S": str(takes_s)},
    )
