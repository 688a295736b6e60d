"""`feikong outbox` on a house of its own."""

import asyncio
import json
from pathlib import Path

import pytest
from command import environment, feikong

from domain import outbox
from domain.base import transaction
from runtime.database import close_database, open_database


@pytest.fixture
def house(place: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Give the environment of a house in which two facts were put aside."""

    async def fill() -> None:
        await open_database(database_url)
        async with transaction():
            for n in range(2):
                await outbox.add("message.queued", message_id=n)
        await outbox.bury([claim.id for claim in await outbox.claim(10, 0)], why="no such host")
        await close_database()

    asyncio.run(fill())
    return environment(place) | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


def test_what_was_put_aside_is_shown_and_handed_out_again(house: dict[str, str]) -> None:
    shown = json.loads(feikong("outbox", "show", "--json", env=house).stdout)
    assert (shown["waiting"], shown["dead"]) == (0, 2)
    assert [each["why"] for each in shown["facts"]] == ["no such host"] * 2
    first = str(shown["facts"][0]["id"])

    nothing = feikong("outbox", "revive", "--by", "me", env=house)
    assert (nothing.returncode, "name the facts" in nothing.stderr) == (2, True)
    unknown = feikong("outbox", "revive", first, "999", "--by", "me", env=house)
    assert (unknown.returncode, unknown.stdout) == (1, "1 revived\n")
    rest = feikong("outbox", "revive", "--topic", "message.queued", "--by", "me", env=house)
    assert (rest.returncode, rest.stdout) == (0, "1 revived\n")
    assert feikong("outbox", "show", env=house).stdout == "2 waiting, 0 dead\n"
