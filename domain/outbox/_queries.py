"""How much waits."""

from domain import base

from ._fact import Buried, Depth

DEPTH = """
select count(*) filter (where not dead) as waiting, count(*) filter (where dead) as dead
from outbox
"""


async def depth() -> Depth:
    """Return how many facts wait and how many are buried: nothing waiting means quiet."""
    found = await base.rows(DEPTH)
    return Depth(**found[0])


async def buried(*, limit: int, topic: str | None = None) -> tuple[Buried, ...]:
    """Return the facts that were put aside, oldest first."""
    found = await base.rows(
        "select id, topic, payload, created_at, coalesce(why, '') as why from outbox"
        " where dead and ($2::text is null or topic = $2) order by id limit $1",
        limit,
        topic,
    )
    return tuple(Buried(**row | {"payload": base.unpacked(row["payload"])}) for row in found)
