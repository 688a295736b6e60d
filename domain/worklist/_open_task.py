"""Open a task."""

from collections.abc import Mapping
from datetime import datetime

from domain import base

OPEN = """
insert into task (kind, district_id, account_id, meter_id, assignee_id, state, key, detail,
  result, created_at, due_at)
select $1, $2::bigint, $3, $4, inspector.id,
  case when inspector.id is null then 'OPEN' else 'ASSIGNED' end, $5, $6::jsonb, '{}', $7, $8
from (select 1) as once left join (
  select person.id from person
  left join task on task.assignee_id = person.id and task.state <> 'DONE'
  where person.role = 'INSPECTOR' and person.district_id = $2 and person.active
  group by person.id order by count(task.id), person.id limit 1
) as inspector on true
on conflict (key) do nothing returning id
"""


async def open_task(
    kind: str,
    *,
    district_id: int,
    account_id: int | None,
    meter_id: int | None,
    key: str,
    detail: Mapping[str, object],
    due_at: datetime,
    now: datetime,
) -> int:
    """Open a task, hand it to an inspector of the district and return its id.

    The same `key` returns the first task, whatever became of it.
    """
    async with base.transaction():
        opened: int | None = await base.value(
            OPEN, kind, district_id, account_id, meter_id, key, base.packed(detail), now, due_at
        )
        if opened is None:
            opened = await base.value("select id from task where key = $1", key)
            assert opened is not None
        return opened
