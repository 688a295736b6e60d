"""Worker and head end are killed (kill -9) at each hand-over: nothing lost, nothing doubled."""

from collections import Counter

import asyncpg

from domain.base import rows, value
from domain.command import Verb
from tests.stories.hand_over import HandOver, Reaper
from tests.stories.world import until

TRIP, PERMIT_CLOSE = int(Verb.TRIP), int(Verb.PERMIT_CLOSE)

HAND_OVERS = (
    HandOver("a report is heard and not yet durable", "headend", "insert on reading"),
    HandOver("usage is known and not yet charged", "worker", "update on account_position"),
    HandOver(
        "a notice is taken and not yet sent",
        "worker",
        "update on message",
        "new.state = 'SENDING' and new.kind = 'NOTICE'",
    ),
    HandOver(
        "a notice is sent and not yet recorded",
        "worker",
        "update on message",
        "new.state = 'SENT' and new.kind = 'FINAL_NOTICE'",
    ),
    HandOver(
        "a notice is recorded and its fact not yet forgotten",
        "worker",
        "delete on outbox",
        "old.topic = 'message.queued'",
    ),
    HandOver("a trip is due and not yet issued", "worker", "insert on command"),
    HandOver(
        "a trip is chosen and not yet marked as sent",
        "headend",
        "update on command",
        f"new.verb = {TRIP} and new.state = 'SENT'",
    ),
    HandOver(
        "a meter has tripped and it is not yet written down",
        "headend",
        "update on command",
        f"new.verb = {TRIP} and new.accepted_at is not null",
    ),
    HandOver(
        "supply is off and the customer not yet told",
        "worker",
        "insert on message",
        "new.kind = 'TRIPPED'",
    ),
    HandOver(
        "a meter is permitted to close and it is not yet written down",
        "headend",
        "update on command",
        f"new.verb = {PERMIT_CLOSE} and new.accepted_at is not null",
    ),
    HandOver(
        "a command is delivered and its fact not yet forgotten",
        "headend",
        "delete on outbox",
        "old.topic = 'command.waiting'",
    ),
)


async def test_worker_and_head_end_are_killed_at_each_hand_over(house_of_processes, database):
    world, processes = house_of_processes
    world.quiet_within_s = 60
    connection = await asyncpg.connect(database)
    home = await world.meter()
    async with Reaper(connection, HAND_OVERS, processes.kill, processes.start) as reaper:
        await world.until(home.is_off)
        home.wire.hold()
        await world.pay(home, "200.00")
        await until(lambda: bool(home.wire.held))
        await processes.kill("headend")  # the permit-close is in the air, and is lost there
        home.wire.let_pass()
        await processes.start("headend")
        await world.drain()
        assert home.supply == "READY_TO_CLOSE"
        await world.press_button(home)
    await connection.close()

    assert reaper.waits_for == []
    assert home.supply == "ON"
    assert await home.commands() == [(TRIP, "VERIFIED"), (PERMIT_CLOSE, "VERIFIED")]
    assert home.meter.memory.executions == 2
    asked = Counter(each["kind"] for each in world.sms.asked())
    assert set(asked) == set(world.sms.kinds_to(home))
    assert len(world.sms.kinds_to(home)) == len(asked) == 7
    # Sent and not recorded, or recorded and not forgotten: the provider knows the message's id.
    assert {kind for kind, times in asked.items() if times > 1} <= {"ALARM", "FINAL_NOTICE"}
    assert len(await rows("select id from payment")) == 1
    read = await value("select count(*) from reading where n > 0")
    assert read == home.meter.memory.n
