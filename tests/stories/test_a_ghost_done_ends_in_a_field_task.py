"""A meter that says "done" and is not: two reports later a person goes."""

import json


async def test_a_ghost_done_ends_in_a_field_task(world):
    home = await world.meter()
    await world.until(home.is_off)
    home.meter.faults.ghost = True
    await world.pay(home, "200.00")
    await world.drain()
    assert home.is_off()  # "done", said the meter
    assert await home.commands() == [(1, "VERIFIED"), (2, "ACCEPTED")]

    await world.passes(hours=5)
    tasks = await world.graphql("MyTasks", as_="inspector", state="ASSIGNED")
    (task,) = [edge["node"] for edge in tasks["tasks"]["edges"]]
    assert (task["kind"], task["accountNumber"]) == ("CHECK_SUPPLY", home.number)
    why = {each["name"]: json.loads(each["value"]) for each in task["detail"]}
    assert (why["verb"], why["why"]) == ("PERMIT_CLOSE", "NO_EFFECT")

    started = await world.graphql("StartTask", as_="inspector", id=task["id"])
    assert started["startTask"]["task"]["state"] == "STARTED"
    home.meter.faults.ghost = False
    home.meter.memory.output_state = home.meter.memory.control_state = 1  # closed by hand
    done = {"id": task["id"], "outcome": "RESOLVED", "note": "relay stuck, closed by hand"}
    completed = await world.graphql("CompleteTask", as_="inspector", **done)
    assert completed["completeTask"]["task"]["state"] == "DONE"

    await world.report()
    assert await home.commands() == [(1, "VERIFIED"), (2, "VERIFIED")]
    assert world.sms.kinds_to(home)[-1] == "RESTORED"
    left = await world.graphql("MyTasks", as_="inspector", state="ASSIGNED")
    assert left["tasks"]["edges"] == []
