"""Report a fault."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from domain import base, worklist
from domain.base import Refusal

from ._answer import Answer, Outage, answer
from ._queries import Repair, find

ARRIVE_WITHIN = timedelta(minutes=45)
DANGER = "DANGER"
"""Sparks or smoke: no balance explains them."""

CLAIM = """
with next as (select nextval(pg_get_serial_sequence('repair_request', 'id')) as id)
insert into repair_request
  (id, number, idempotency_key, account_id, person_id, kind, description, answer, created_at)
select id, 'R' || to_char($6::timestamptz, 'YYYYMMDD') || '-' || id, $1, $2, $3, $4, $5, '', $6
from next on conflict (idempotency_key) do nothing returning id
"""

OUTAGE = """
select output_state = 0 as output_open, control_state,
  exists (select from decision d join episode e on e.id = d.episode_id
          where d.account_id = $1 and d.verdict = 'TRIP' and d.command_id is not null
          and e.closed_at is null) as tripped,
  exists (select from command where command.meter_id = supply.meter_id and verb in (2, 3)
          and state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED')) as closing
from supply where account_id = $1 order by output_state, meter_id limit 1
"""


class KeyReused(Refusal):
    """The idempotency key belongs to another request."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"


async def report_repair(
    account_id: int,
    *,
    person_id: int,
    kind: str,
    description: str,
    idempotency_key: str,
    now: datetime,
    arrive_within: timedelta = ARRIVE_WITHIN,
) -> Repair:
    """Take a fault report and return it with its answer; the same key returns the first one.

    Refuses: KeyReused.
    """
    async with base.transaction():
        claimed: int | None = await base.value(
            CLAIM, idempotency_key, account_id, person_id, kind, description, now
        )
        if claimed is None:
            first = await find("idempotency_key = $1", idempotency_key)
            told = (account_id, person_id, kind, description)
            if (first.account_id, first.person_id, first.kind, first.description) != told:
                raise KeyReused
            return replace(first, replayed=True)
        said = Answer.DISPATCHED if kind == DANGER else await _answer(account_id)
        task_id = None
        if said is Answer.DISPATCHED:
            task_id = await _dispatch(
                claimed, account_id, kind, now=now, due_at=now + arrive_within
            )
        await base.run(
            "update repair_request set answer = $2, task_id = $3 where id = $1",
            claimed,
            said.value,
            task_id,
        )
        return await find("repair_request.id = $1", claimed)


async def _answer(account_id: int) -> Answer:
    outage = await base.row(OUTAGE, account_id)
    return Answer.DISPATCHED if outage is None else answer(Outage(**outage))


async def _dispatch(
    repair_id: int, account_id: int, kind: str, *, now: datetime, due_at: datetime
) -> int:
    place = await base.rows(
        "select district_id, (select id from meter where account_id = account.id"
        " and removed_at is null order by id limit 1) as meter_id from account where id = $1",
        account_id,
    )
    return await worklist.open_task(
        "REPAIR",
        district_id=place[0]["district_id"],
        account_id=account_id,
        meter_id=place[0]["meter_id"],
        key=f"repair:{repair_id}",
        detail={"kind": kind},
        due_at=due_at,
        now=now,
    )
