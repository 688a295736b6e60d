"""Do what somebody asks for under a key once, however often they ask."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from domain.base import Refusal, packed, run, transaction, unpacked, value

CLAIM = """
insert into act_key (person_id, act, key, content_hash, at) values ($1, $2, $3, $4, $5)
on conflict do nothing returning true
"""
SAVE = "update act_key set answer = $4 where (person_id, act, key) = ($1, $2, $3)"
OF_KEY = "from act_key where person_id = $1 and act = $2 and key = $3"


class KeyReused(Refusal):
    """The person has used the key for the same act with other content."""

    code = "IDEMPOTENCY_KEY_REUSED"


class Keyed(NamedTuple):
    """What is asked for: the act by its name, all that it was given, who asks, and their key."""

    act: str
    content: str
    person_id: int
    key: str


class Once(NamedTuple):
    """What the act answered when it was done; `replayed`: that was an earlier time."""

    answer: Mapping[str, Any]
    replayed: bool


async def do_once(
    asked: Keyed, do: Callable[[], Awaitable[Mapping[str, Any]]], *, now: datetime
) -> Once:
    """Do it in one transaction with its key, and return what it answers: ids and whole numbers.

    Asked again it returns the first answer and does nothing; side by side, the later one waits.
    What was refused has not been done: its key is free. Refuses: KeyReused.
    """
    named = asked.person_id, asked.act, asked.key
    content_hash = sha256(asked.content.encode()).hexdigest()
    async with transaction():
        if await value(CLAIM, *named, content_hash, now) is None:
            if await value(f"select content_hash {OF_KEY}", *named) != content_hash:
                raise KeyReused
            return Once(unpacked(await value(f"select answer {OF_KEY}", *named)), replayed=True)
        answer = await do()
        await run(SAVE, *named, packed(answer))
        return Once(answer, replayed=False)
