"""The database: migrated, guarded, with a pool that keeps no session state."""

import asyncio
import dataclasses

import pytest

from domain.base import rows, transaction, value
from runtime.database import (
    ServerFacts,
    UnfitServer,
    facts,
    is_ready,
    migrate,
    missing_migrations,
    open_database,
    pending,
    problems,
)

SOUND = ServerFacts(18, "18.1", True, "on", True, True, 0)


async def test_a_fresh_database_is_fully_migrated(database_url: str) -> None:
    assert await pending(database_url) == []


async def test_two_starts_migrate_one_after_the_other(database_url: str) -> None:
    await asyncio.gather(*(migrate(database_url) for _ in range(3)))
    assert await pending(database_url) == []


async def test_a_missing_database_is_created(database_url: str) -> None:
    await migrate(f"{database_url}_missing")
    assert await pending(f"{database_url}_missing") == []


async def test_the_models_call_for_no_migration_that_nobody_wrote() -> None:
    assert await missing_migrations() == []


async def test_every_task_may_use_the_pool(database: str) -> None:
    answers = await asyncio.gather(*(value("select $1::int", n) for n in range(50)))
    assert answers == list(range(50))
    assert await is_ready()


async def test_a_refused_act_leaves_nothing(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await rows("insert into outbox (topic, payload) values ('x', '{}')")
            raise ZeroDivisionError
    assert await value("select count(*) from outbox") == 0


async def test_facts_of_the_server_are_told(database_url: str) -> None:
    told = await facts(database_url)
    assert told.version >= 15
    assert told.synchronous_commit == "on"
    assert abs(told.clock_skew_ms) < 60_000


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"version": 14}, "too old"),
        ({"fsync": False}, "fsync"),
        ({"synchronous_commit": "off"}, "synchronous_commit"),
        ({"full_page_writes": False}, "full_page_writes"),
    ],
)
def test_a_server_that_may_lose_money_is_refused(change: dict[str, object], word: str) -> None:
    unsound = dataclasses.replace(SOUND, **change)
    assert word in problems(unsound, strict=True)[0]
    assert problems(SOUND, strict=True) == []


async def test_a_strict_start_refuses_a_server_without_fsync(database_url: str) -> None:
    if (await facts(database_url)).fsync:
        pytest.skip("this server is sound")
    with pytest.raises(UnfitServer, match="fsync"):
        await open_database(database_url, strict=True)
