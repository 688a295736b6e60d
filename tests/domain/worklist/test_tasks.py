from datetime import timedelta
from typing import Any

import pytest

from domain import base, worklist
from tests.domain.ground import Ground, ground, tasks_of


async def task(here: Ground, clock, key="k1") -> int:
    return await worklist.open_task(
        "CHECK_SUPPLY",
        district_id=here.district_id,
        account_id=here.account_id,
        meter_id=None,
        key=key,
        detail={"why": "NO_EFFECT"},
        due_at=clock.now() + timedelta(hours=1),
        now=clock.now(),
    )


async def shown(task_id: int) -> dict[str, Any]:
    found = await base.row("select * from task where id = $1", task_id)
    assert found is not None
    return found


async def test_the_same_key_is_the_same_task(database, clock):
    here = await ground(now=clock.now())
    assert await task(here, clock) == await task(here, clock)


async def test_tasks_are_shared_out_among_the_inspectors_of_the_district(database, clock):
    here = await ground(now=clock.now())
    for n in range(4):
        await task(here, clock, key=f"k{n}")
    for inspector in here.inspectors:
        assert len(await tasks_of(inspector)) == 2


async def test_without_an_inspector_a_task_stays_open_until_it_is_assigned(database, clock):
    here = await ground(now=clock.now())
    await base.run("update person set active = false")
    task_id = await task(here, clock)
    assert (await shown(task_id))["state"] == "OPEN"
    await worklist.assign(task_id, assignee_id=here.inspectors[1])
    assert (await shown(task_id))["assignee_id"] == here.inspectors[1]


async def test_the_assignee_starts_and_completes_and_repeats_change_nothing(database, clock):
    here = await ground(now=clock.now())
    task_id, person_id = await task(here, clock), here.inspectors[0]
    started_at = clock.now()
    await worklist.start(task_id, person_id=person_id, now=started_at)
    clock.forward(minutes=5)
    await worklist.start(task_id, person_id=person_id, now=clock.now())
    for _ in range(2):
        await worklist.complete(
            task_id, person_id=person_id, result={"found": "ok"}, now=clock.now()
        )
    done = await shown(task_id)
    assert (done["state"], done["started_at"]) == ("DONE", started_at)
    assert base.unpacked(done["result"]) == {"found": "ok"}
    assert [t["id"] for t in await tasks_of(person_id, done=True)] == [task_id]
    assert await tasks_of(person_id) == []


async def test_somebody_else_neither_starts_nor_completes_it(database, clock):
    here = await ground(now=clock.now())
    task_id = await task(here, clock)
    before = await shown(task_id)
    other = here.inspectors[1]
    with pytest.raises(worklist.TaskNotYours):
        await worklist.start(task_id, person_id=other, now=clock.now())
    with pytest.raises(worklist.TaskNotYours):
        await worklist.complete(task_id, person_id=other, result={}, now=clock.now())
    assert await shown(task_id) == before


async def test_a_task_is_completed_only_once_started_and_with_one_result(database, clock):
    here = await ground(now=clock.now())
    task_id, person_id = await task(here, clock), here.inspectors[0]
    with pytest.raises(worklist.TaskNotOpen):
        await worklist.complete(task_id, person_id=person_id, result={}, now=clock.now())
    await worklist.start(task_id, person_id=person_id, now=clock.now())
    await worklist.complete(task_id, person_id=person_id, result={"a": 1}, now=clock.now())
    done = await shown(task_id)
    with pytest.raises(worklist.TaskNotOpen):
        await worklist.complete(task_id, person_id=person_id, result={"a": 2}, now=clock.now())
    with pytest.raises(worklist.TaskNotOpen):
        await worklist.start(task_id, person_id=person_id, now=clock.now())
    with pytest.raises(worklist.TaskNotOpen):
        await worklist.assign(task_id, assignee_id=here.inspectors[1])
    assert await shown(task_id) == done


async def test_an_unknown_task_is_refused(database, clock):
    with pytest.raises(worklist.TaskUnknown):
        await worklist.start(1, person_id=1, now=clock.now())
