"""Keep every channel's secret anew, under another key."""

from collections.abc import Callable
from datetime import datetime

from domain import audit
from domain.base import Actor, rows, run, transaction

_IS_SHARED = "algorithm <> 'ed25519'"  # whose keys are public


async def kept_secrets() -> tuple[str, ...]:
    """Return each channel's shared secret as it is kept."""
    found = await rows(f"select key from channel where {_IS_SHARED}")
    return tuple(each["key"] for each in found)


async def reseal(rewrite: Callable[[str], str], *, actor: Actor, now: datetime) -> int:
    """Replace each channel's shared secret by what `rewrite` makes of how it is kept; return how
    many there are.
    """
    async with transaction():
        found = await rows(f"select id, key from channel where {_IS_SHARED} order by id for update")
        for each in found:
            await run("update channel set key = $2 where id = $1", each["id"], rewrite(each["key"]))
        await audit.note(actor, "RESEAL", "payment", detail={"count": len(found)}, now=now)
    return len(found)
