"""How much waits."""

from domain import base

from ._fact import Depth

DEPTH = """
select count(*) filter (where not dead) as waiting, count(*) filter (where dead) as dead
from outbox
"""


async def depth() -> Depth:
    """Return how many facts wait and how many are buried: nothing waiting means quiet."""
    found = await base.rows(DEPTH)
    return Depth(**found[0])
