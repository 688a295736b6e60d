"""Numbers are given at sending, one command is in flight, and an unknown outcome is sent again."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain import command
from domain.base import rows, run, transaction, value
from domain.command import Envelope, ResultCode, SupplyState, Verb
from tests import seed
from tests.seed import HOUR, Home

pytestmark = pytest.mark.usefixtures("database")
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def home() -> Home:
    made = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    await made.reports(at=MONDAY_10 + MINUTE)
    return made


async def issue(home: Home, *verbs: Verb) -> None:
    for verb in verbs:
        await command.issue(home.account_id, verb, cause="TEST", now=MONDAY_10)


async def send(home: Home, *, at: datetime = MONDAY_10) -> Envelope | None:
    async with transaction():
        waiting = await command.peek(home.meter_id, now=at)
        return None if waiting is None else await command.take(waiting, now=at)


async def sent(home: Home) -> Envelope:
    envelope = await send(home)
    assert envelope is not None
    return envelope


async def states(home: Home) -> dict[str, str]:
    found = await rows("select verb, state from command where account_id = $1", home.account_id)
    return {Verb(row["verb"]).name: row["state"] for row in found}


async def hear(home: Home, *, minutes: int) -> None:
    at = MONDAY_10 + minutes * MINUTE
    await command.hear([home.uplink(at, reading=None)], now=at)


async def test_a_number_is_given_at_sending_in_the_order_of_sending(home):
    await issue(home, Verb.ALARM_ON, Verb.PERMIT_CLOSE)
    assert await value("select count(seq) from command") == 0
    first = await sent(home)
    assert (first.verb, first.seq) == (Verb.PERMIT_CLOSE, 1)
    await command.record_result(
        first.command_id, meter_id=home.meter_id, code=0, supply=None, now=MONDAY_10
    )
    second = await sent(home)
    assert (second.verb, second.seq) == (Verb.ALARM_ON, 2)


async def test_one_command_is_in_flight_and_only_what_is_urgent_passes_it(home):
    await issue(home, Verb.TRIP, Verb.ALARM_ON)
    assert (await sent(home)).verb is Verb.TRIP
    assert await send(home) is None
    await issue(home, Verb.KEEP_ON)
    assert (await sent(home)).verb is Verb.KEEP_ON
    assert (await states(home))["TRIP"] == "SUPERSEDED"


async def test_what_goes_out_again_keeps_its_id_and_its_number(home):
    await issue(home, Verb.TRIP)
    first = await sent(home)
    await command.record_unanswered(first.command_id, now=MONDAY_10)
    again = await sent(home)
    assert again == first
    assert await value("select attempts from command") == 2


async def test_a_number_that_was_overtaken_is_given_anew(home):
    await issue(home, Verb.ALARM_ON)
    first = await sent(home)
    await command.record_unanswered(first.command_id, now=MONDAY_10)
    await issue(home, Verb.PERMIT_CLOSE)
    assert (await sent(home)).seq == first.seq + 1
    close_id = await value("select id from command where verb = 2")
    await command.record_result(
        close_id, meter_id=home.meter_id, code=0, supply=None, now=MONDAY_10
    )
    again = await sent(home)
    assert (again.command_id, again.seq) == (first.command_id, first.seq + 2)


async def test_a_meter_that_knows_higher_numbers_gets_higher_ones(home):
    home.last_seq = 41
    await hear(home, minutes=2)
    await issue(home, Verb.TRIP)
    assert (await sent(home)).seq == 42


async def test_what_left_is_never_cancelled(home):
    await issue(home, Verb.TRIP)
    envelope = await sent(home)
    await command.record_unanswered(envelope.command_id, now=MONDAY_10)
    assert await command.cancel_unsent(home.account_id, Verb.TRIP, now=MONDAY_10) == []
    assert (await states(home))["TRIP"] == "PENDING"


async def test_one_intent_is_open_once(home):
    await issue(home, Verb.TRIP, Verb.TRIP)
    assert await value("select count(*) from command") == 1


async def test_nothing_is_sent_before_its_time_or_after_it(home):
    await issue(home, Verb.TRIP)
    assert await send(home, at=MONDAY_10 - MINUTE) is None
    assert await send(home, at=MONDAY_10 + 2 * HOUR) is None


async def test_a_close_that_expires_calls_the_field_and_a_trip_does_not(home):
    await issue(home, Verb.TRIP)
    assert await command.next_expiry() == MONDAY_10 + 2 * HOUR
    assert await command.expire(limit=10, now=MONDAY_10 + 2 * HOUR) == 1
    assert await value("select count(*) from task") == 0
    await issue(home, Verb.PERMIT_CLOSE)
    assert await command.next_expiry() == MONDAY_10 + 24 * HOUR
    assert await command.expire(limit=10, now=MONDAY_10 + 24 * HOUR) == 1
    assert await value("select detail ->> 'why' from task") == "OVERDUE"
    assert (await states(home))["PERMIT_CLOSE"] == "PENDING"
    assert await command.expire(limit=10, now=MONDAY_10 + 7 * 24 * HOUR) == 1
    assert await value("select count(*) from task") == 1
    assert (await states(home))["PERMIT_CLOSE"] == "EXPIRED"
    assert await command.next_expiry() is None


async def test_a_result_counts_once_and_only_from_its_own_meter(home):
    await issue(home, Verb.TRIP)
    envelope = await sent(home)
    result = {"code": int(ResultCode.ACCEPTED), "supply": None, "now": MONDAY_10}
    assert not await command.record_result(envelope.command_id, meter_id=0, **result)
    assert (await states(home))["TRIP"] == "SENT"
    assert await command.record_result(envelope.command_id, meter_id=home.meter_id, **result)
    before = await rows("select * from command")
    later = result | {"now": MONDAY_10 + HOUR}
    assert await command.record_result(envelope.command_id, meter_id=home.meter_id, **later)
    assert await rows("select * from command") == before
    assert not await command.record_result(1, meter_id=home.meter_id, **result)


async def test_a_ghost_calls_the_field_after_two_reports_and_one_report_counts_once(home):
    await issue(home, Verb.TRIP)
    envelope = await sent(home)
    await command.record_result(
        envelope.command_id, meter_id=home.meter_id, code=0, supply=None, now=MONDAY_10
    )
    home.last_seq = envelope.seq
    for _ in range(3):
        await hear(home, minutes=2)
    assert await value("select count(*) from task") == 0
    await hear(home, minutes=3)
    assert await value("select detail ->> 'why' from task") == "NO_EFFECT"


async def test_hearing_the_same_again_changes_nothing(home):
    await issue(home, Verb.TRIP)
    envelope = await sent(home)
    home.supply, home.last_seq = SupplyState(0, 0), envelope.seq
    home.registers = (0, 500, 0, 0, 0)
    at = MONDAY_10 + HOUR
    uplink = home.uplink(at)
    await command.hear([uplink], now=at)
    tables = ("command", "supply_change", "outbox", "task", "meter_register", "reading")
    before = [await rows(f"select * from {table}") for table in tables]
    (heard,) = await command.hear([uplink], now=at)
    assert heard.outcome == "DUPLICATE"
    assert [await rows(f"select * from {table}") for table in tables] == before


async def test_an_old_report_shows_no_state_of_today(home):
    await issue(home, Verb.TRIP)
    envelope = await sent(home)
    home.supply, home.last_seq = SupplyState(0, 0), envelope.seq
    await hear(home, minutes=30)
    late = home.uplink(MONDAY_10 + 2 * MINUTE, supply=SupplyState(1, 1), reading=None, last_seq=0)
    await command.hear([late], now=MONDAY_10 + HOUR)
    assert (await command.supplies_of(home.account_id))[0].output_state == command.OPEN
    assert (await states(home))["TRIP"] == "VERIFIED"


async def test_a_meter_clock_far_ahead_does_not_freeze_the_shown_state(home):
    ahead = home.uplink(MONDAY_10 + 365 * 24 * HOUR, reading=None, supply=SupplyState(0, 0))
    await command.hear([ahead], now=MONDAY_10 + HOUR)
    await hear(home, minutes=70)
    assert (await command.supplies_of(home.account_id))[0].output_state == command.CLOSED


async def test_a_verified_permit_close_needs_the_meters_word(home):
    """A report from before the trip arrives: supply is on, and nothing was done."""
    await issue(home, Verb.TRIP)
    await sent(home)
    await issue(home, Verb.PERMIT_CLOSE)
    close = await sent(home)
    await hear(home, minutes=2)
    assert (await states(home))["PERMIT_CLOSE"] == "PENDING"
    assert await sent(home) == close


async def test_a_meter_that_reports_while_it_is_taken_down_makes_nobody_wait_in_a_circle(home):
    await issue(home, Verb.KEEP_ON)
    taken, goes_on = asyncio.Event(), asyncio.Event()

    async def hears() -> None:
        async with transaction():
            await run("select from supply where meter_id = $1 for update", home.meter_id)
            taken.set()
            await goes_on.wait()
            await run("select from command where meter_id = $1 for update", home.meter_id)

    async def takes_down() -> None:
        async with transaction():
            await command.detach(home.meter_id, now=MONDAY_10)

    hearing = asyncio.create_task(hears())
    await taken.wait()
    taking_down = asyncio.create_task(takes_down())
    while not await value("select count(*) from pg_locks where not granted"):
        assert not taking_down.done()
        await asyncio.sleep(0.01)
    goes_on.set()
    await asyncio.gather(hearing, taking_down)
    assert await states(home) == {"KEEP_ON": "CANCELED"}
