"""Acts that are done once for each key: what moves money or supply."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import orjson
import strawberry

from domain import audit

from ._door import Info

_KEY = "One per act, made by the client; repeated, it returns the first answer."
_REPLAYED = "True where the key had been used before."


class KeyedInput(Protocol):
    """An input with an idempotency key."""

    idempotency_key: UUID


def idempotency_key() -> Any:
    """Declare an input's key."""
    return strawberry.field(description=_KEY)


def replayed() -> Any:
    """Declare where a payload says that nothing was done again."""
    return strawberry.field(default=False, description=_REPLAYED)


async def once(
    info: Info, input: KeyedInput, do: Callable[[], Awaitable[Mapping[str, Any]]]
) -> audit.Once:
    """Do what the input asks for once for its key and caller, and return what it answered.

    Refuses audit.KeyReused where the key came with other content.
    """
    given: dict[str, Any] = strawberry.asdict(input)
    key = str(given.pop("idempotency_key"))
    content = orjson.dumps(given, default=str, option=orjson.OPT_SORT_KEYS).decode()
    asked = audit.Keyed(type(input).__name__, content, info.context.who.person_id, key)
    return await audit.do_once(asked, do, now=info.context.now())
