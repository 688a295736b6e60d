from dataclasses import replace
from datetime import timedelta

import pytest

from domain import base, charge_control, field_service, identity
from domain.command import SupplyState
from domain.field_service import Answer, Repair
from tests import seed
from tests.domain.ground import Ground, ground, tasks_of


async def report(
    here: Ground | seed.Home, clock, *, key="k1", kind="NO_POWER", description="no light"
) -> Repair:
    return await field_service.report_repair(
        here.account_id,
        person_id=await identity.enrol("13900000000", role="CUSTOMER"),
        kind=kind,
        description=description,
        idempotency_key=key,
        now=clock.now(),
    )


async def cut_off(clock) -> seed.Home:
    """Let an account use up its money, through its notices, until its meter shows the trip."""
    home = await seed.home(await seed.district(now=clock.now()), now=clock.now())
    for duration in ({"hours": 1}, {"hours": 23, "minutes": 30}, {"minutes": 30}):
        now = clock.forward(**duration)
        await home.uses(peak_wh=1000, at=now)
        await charge_control.review_due(limit=10, now=now)
        await seed.deliver_messages(at=now)
    envelope = await charge_control.dispatch(home.meter_id, now=clock.now())
    assert envelope is not None
    home.supply, home.last_seq = SupplyState(0, 0), envelope.seq
    await home.reports(at=clock.forward(minutes=1))
    return home


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
    home = await cut_off(clock)
    repair = await report(home, clock)
    assert (repair.answer, repair.task_id) == (Answer.TOP_UP_TO_RESTORE, None)
    assert not await base.rows("select id from task")


async def test_where_there_is_danger_somebody_is_sent_whatever_the_balance(database, clock):
    home = await cut_off(clock)
    repair = await report(home, clock, kind="DANGER")
    assert repair.answer is Answer.DISPATCHED
    assert await base.value("select id from task where kind = 'REPAIR'") == repair.task_id


async def test_who_has_paid_is_told_that_the_meter_is_about_to_be_told(database, clock):
    home = await cut_off(clock)
    await home.pays(5_000, at=clock.now())
    assert (await report(home, clock)).answer is Answer.RESTORING
    assert not await base.rows("select id from task")


async def test_whose_meter_is_ready_is_told_to_press_the_button(database, clock):
    home = await cut_off(clock)
    await home.pays(5_000, at=clock.now())
    envelope = await charge_control.dispatch(home.meter_id, now=clock.now())
    assert envelope is not None
    home.supply, home.last_seq = SupplyState(0, 2), envelope.seq
    await home.reports(at=clock.forward(minutes=1))
    assert (await report(home, clock)).answer is Answer.PRESS_BUTTON
    assert not await base.rows("select id from task")


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
