from dataclasses import replace
from datetime import timedelta

import pytest

from domain import base, field_service
from domain.field_service import Answer, Repair
from tests.domain.ground import Ground, ground, tasks_of

SUPPLY = """
insert into supply (meter_id, account_id, output_state, control_state) values ($1, $2, $3, $4)
on conflict (meter_id) do update set output_state = $3, control_state = $4
"""


async def report(here: Ground, clock, *, key="k1", description="no light") -> Repair:
    return await field_service.report_repair(
        here.account_id,
        person_id=here.person_id,
        kind="NO_SUPPLY",
        description=description,
        idempotency_key=key,
        now=clock.now(),
    )


async def tripped(here: Ground, clock, *, control_state: int = 0) -> None:
    meter_id = await here.meter(now=clock.now())
    await base.run(SUPPLY, meter_id, here.account_id, 0, control_state)
    await base.run(
        "insert into episode (account_id, opened_at, trip_command_id) values ($1, $2, 1)",
        here.account_id,
        clock.now(),
    )


async def test_a_fault_becomes_a_task_with_an_arrival_time(database, clock):
    here = await ground(now=clock.now())
    repair = await report(here, clock)
    assert repair.answer is Answer.DISPATCHED
    assert repair.due_at == clock.now() + timedelta(minutes=45)
    assert repair.task_id is not None
    (task,) = await tasks_of(here.inspectors[0])
    assert (task["id"], task["kind"], task["due_at"]) == (repair.task_id, "REPAIR", repair.due_at)
    assert await base.rows("select id from repair_request") == [{"id": repair.id}]


async def test_whose_balance_ran_out_is_told_to_top_up_and_nobody_is_sent(database, clock):
    here = await ground(now=clock.now())
    await tripped(here, clock)
    repair = await report(here, clock)
    assert (repair.answer, repair.task_id) == (Answer.TOP_UP_TO_RESTORE, None)
    assert await tasks_of(here.inspectors[0]) == []


async def test_whose_meter_is_ready_is_told_to_press_the_button(database, clock):
    here = await ground(now=clock.now())
    await tripped(here, clock, control_state=2)
    assert (await report(here, clock)).answer is Answer.PRESS_BUTTON
    assert await tasks_of(here.inspectors[0]) == []


async def test_the_same_key_is_answered_with_the_first_report(database, clock):
    here = await ground(now=clock.now())
    first = await report(here, clock)
    clock.forward(minutes=1)
    assert await report(here, clock) == replace(first, replayed=True)
    assert len(await tasks_of(here.inspectors[0])) == 1


async def test_a_key_with_another_content_is_refused_and_nothing_moves(database, clock):
    here = await ground(now=clock.now())
    first = await report(here, clock)
    with pytest.raises(field_service.KeyReused):
        await report(here, clock, description="something else")
    assert await base.rows("select id from repair_request") == [{"id": first.id}]
