"""How far are these instructions?"""

from collections.abc import Sequence

from domain.base import rows

_MARKS = """
select id, concat_ws('/', state, sent_at, closed_at) as mark from command where id = any($1)
"""


async def watch_commands(command_ids: Sequence[int]) -> dict[int, str]:
    """Return a mark per instruction that differs whenever it has come further."""
    return {each["id"]: each["mark"] for each in await rows(_MARKS, list(command_ids))}
