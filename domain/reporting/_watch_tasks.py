"""Has anything about these people's tasks changed?"""

from collections.abc import Sequence

from domain.base import rows

_MARKS = """
select w.person_id,
  coalesce(string_agg(concat_ws('/', t.id, t.state, t.due_at), ' ' order by t.id), '') as mark
from unnest($1::bigint[]) w(person_id)
left join task t on t.assignee_id = w.person_id and t.state <> 'DONE'
group by w.person_id
"""


async def watch_tasks(person_ids: Sequence[int]) -> dict[int, str]:
    """Return a mark per person that differs whenever another task is theirs, or one has moved."""
    return {each["person_id"]: each["mark"] for each in await rows(_MARKS, list(person_ids))}
