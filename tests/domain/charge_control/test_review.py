"""From a balance to a trip and back, on real PostgreSQL: the guards of the law, one by one."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain import charge_control, command
from domain.base import Actor, rows, run, value
from domain.command import SupplyState, Verb
from tests import seed
from tests.seed import HOUR, Home

pytestmark = pytest.mark.usefixtures("database")
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")
OPERATOR = Actor("OPERATOR", 1)


@pytest.fixture
async def home() -> Home:
    district_id = await seed.district(now=MONDAY_10)
    return await seed.home(district_id, now=MONDAY_10)


async def kinds(home: Home) -> list[str]:
    return [m["kind"] for m in await home.messages()]


async def noticed(home: Home) -> datetime:
    """Bring the account below zero with its notice delivered on Monday, 11:00."""
    at = MONDAY_10 + HOUR
    await home.uses(peak_wh=1000, at=at)
    await seed.deliver_messages(at=at)
    return at


async def announced(home: Home) -> datetime:
    """Go on until the final notice is delivered and its time has come; return that time."""
    at = await noticed(home)
    half_an_hour_before = at + timedelta(hours=23, minutes=30)
    await home.uses(peak_wh=1000, at=half_an_hour_before)
    await charge_control.review_due(limit=10, now=half_an_hour_before)
    await seed.deliver_messages(at=half_an_hour_before)
    return at + timedelta(hours=24)


async def tripped(home: Home) -> datetime:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    envelope = await charge_control.dispatch(home.meter_id, now=at)
    assert envelope is not None
    assert envelope.verb is Verb.TRIP
    home.supply, home.last_seq = SupplyState(0, 0), envelope.seq
    await home.reports(at=at + timedelta(minutes=1))
    return at


async def test_an_account_with_money_is_left_alone(home: Home) -> None:
    await home.pays(10_000, at=MONDAY_10)
    before = await kinds(home)
    await home.uses(peak_wh=1000, at=MONDAY_10 + HOUR)
    assert await home.available_fen() == 10_000 - 57
    assert await kinds(home) == before


async def test_the_alarm_is_one_message_for_each_crossing(home: Home) -> None:
    await home.pays(3_100, at=MONDAY_10)
    before = len(await home.messages())
    for hour in range(1, 6):
        await home.uses(peak_wh=1_000, at=MONDAY_10 + hour * HOUR)
    assert (await kinds(home))[before:] == ["ALARM"]
    await home.pays(10_000, at=MONDAY_10 + 6 * HOUR)
    for hour in range(7, 20):
        await home.uses(peak_wh=15_000, at=MONDAY_10 + hour * HOUR)
    assert (await kinds(home))[before:].count("ALARM") == 2


async def test_money_between_the_alarm_and_its_hysteresis_does_not_alarm_again(home: Home) -> None:
    await home.pays(3_100, at=MONDAY_10)
    await home.uses(peak_wh=2_000, at=MONDAY_10 + HOUR)
    await home.pays(100, at=MONDAY_10 + HOUR)
    await home.uses(peak_wh=2_000, at=MONDAY_10 + 2 * HOUR)
    assert (await kinds(home)).count("ALARM") == 1


async def test_equal_to_the_threshold_counts_as_reached(home: Home) -> None:
    await home.pays(57, at=MONDAY_10)
    await home.uses(peak_wh=1000, at=MONDAY_10 + HOUR)
    assert await home.available_fen() == 0
    assert "NOTICE" in await kinds(home)


async def test_no_trip_before_the_notice_was_delivered_and_its_lead_is_over(home: Home) -> None:
    await home.uses(peak_wh=1000, at=MONDAY_10 + HOUR)
    later = MONDAY_10 + timedelta(days=3)
    await home.uses(peak_wh=1000, at=later)
    decision = await charge_control.review(home.account_id, now=later)
    assert decision.verdict == "WAIT"
    assert "NOTICE_DELIVERED" in {g.name for g in decision.why_not}
    assert not await home.commands()


async def test_all_the_way_to_the_trip_and_back(home: Home) -> None:
    at = await tripped(home)
    assert (await home.commands())[0]["state"] == "VERIFIED"
    await home.pays(5_000, at=at + HOUR)
    trip, close = await home.commands()
    assert close["verb"] == Verb.PERMIT_CLOSE
    assert close["seq"] is None
    envelope = await charge_control.dispatch(home.meter_id, now=at + HOUR)
    assert envelope is not None
    assert (envelope.verb, envelope.seq) == (Verb.PERMIT_CLOSE, trip["seq"] + 1)
    home.supply, home.last_seq = SupplyState(0, 2), envelope.seq
    await home.reports(at=at + 2 * HOUR)
    assert (await home.commands())[1]["state"] == "VERIFIED"
    assert [d for d in await home.decisions() if d not in {"WAIT", "REST"}][-2:] == [
        "RESTORE",
        "RECOVER",
    ]


async def test_a_stale_reading_holds_the_trip(home: Home) -> None:
    at = await announced(home) + timedelta(hours=3)
    decision = await charge_control.review(home.account_id, now=at)
    assert {g.name for g in decision.why_not} == {"READING_FRESH"}
    assert not await home.commands()


async def test_a_payment_between_decision_and_dispatch_wins(home: Home) -> None:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    assert (await home.commands())[0]["state"] == "PENDING"
    await home.pays(5_000, at=at)
    assert await charge_control.dispatch(home.meter_id, now=at) is None
    assert [c["state"] for c in await home.commands()] == ["CANCELED"]


async def test_a_trip_that_left_is_followed_by_a_permit_close(home: Home) -> None:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    trip = await charge_control.dispatch(home.meter_id, now=at)
    assert trip is not None
    await home.pays(5_000, at=at)
    close = await charge_control.dispatch(home.meter_id, now=at)
    assert close is not None
    assert close.verb is Verb.PERMIT_CLOSE
    assert close.seq > trip.seq
    assert (await home.commands())[0]["state"] == "SUPERSEDED"


async def test_the_switch_stops_a_trip_that_was_issued(home: Home) -> None:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    await charge_control.set_switch("stop_trips", True, actor=OPERATOR, now=at)
    assert await charge_control.dispatch(home.meter_id, now=at) is None
    assert (await home.commands())[0]["state"] == "CANCELED"


async def test_the_window_closes_before_a_waiting_trip_leaves(home: Home) -> None:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    evening = at.replace(hour=17)
    assert await charge_control.dispatch(home.meter_id, now=evening) is None


async def test_protecting_an_account_that_is_off_gives_power_back(home: Home) -> None:
    at = await tripped(home)
    await charge_control.protect(home.account_id, why="HOSPITAL", actor=OPERATOR, now=at + HOUR)
    verbs = [(c["verb"], c["state"]) for c in await home.commands()]
    assert verbs[1:] == [(Verb.PERMIT_CLOSE, "PENDING"), (Verb.KEEP_ON, "PENDING")]
    first = await charge_control.dispatch(home.meter_id, now=at + HOUR)
    assert first is not None
    assert first.verb is Verb.PERMIT_CLOSE


async def test_in_shadow_everything_is_decided_and_nothing_is_sent(home: Home) -> None:
    await charge_control.set_switch("shadow", True, actor=OPERATOR, now=MONDAY_10)
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    assert "TRIP" in await home.decisions()
    assert not await home.commands()
    assert {m["state"] for m in await home.messages()} <= {"SHADOW", "DELIVERED"}


async def test_what_shadow_wrote_down_is_no_notice_once_it_is_over(home: Home) -> None:
    await charge_control.set_switch("shadow", True, actor=OPERATOR, now=MONDAY_10)
    at = await announced(home)
    await charge_control.set_switch("shadow", False, actor=OPERATOR, now=at)
    await charge_control.review_due(limit=10, now=at)
    assert not await home.commands()
    assert [m["kind"] for m in await home.messages() if m["state"] == "QUEUED"] == ["NOTICE"]


async def test_a_held_reading_is_not_used_to_trip(home: Home) -> None:
    at = await announced(home)
    home.registers = (0, 10_000_000, 0, 0, 0)
    await home.reports(at=at)
    assert await value("select rule from reading_exception") == "JUMP"
    decision = await charge_control.review(home.account_id, now=at)
    assert "READING_UNDISPUTED" in {g.name for g in decision.why_not}
    assert not await home.commands()


async def test_a_review_without_news_writes_nothing(home: Home) -> None:
    at = await noticed(home)
    await charge_control.review(home.account_id, now=at)
    before = await home.decisions()
    await charge_control.review(home.account_id, now=at)
    assert await home.decisions() == before


async def test_a_ghost_done_ends_in_a_field_task(home: Home) -> None:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    trip = await charge_control.dispatch(home.meter_id, now=at)
    assert trip is not None
    await command.record_result(
        trip.command_id, meter_id=home.meter_id, code=0, supply=None, now=at
    )
    home.last_seq = trip.seq
    for minutes in (1, 2, 3):
        await home.reports(at=at + timedelta(minutes=minutes))
    assert await value("select kind from task") == "CHECK_SUPPLY"


async def test_shadow_holds_back_what_was_issued_before_it(home: Home) -> None:
    at = await announced(home)
    await charge_control.review_due(limit=10, now=at)
    await charge_control.set_switch("shadow", True, actor=OPERATOR, now=at)
    assert await charge_control.dispatch(home.meter_id, now=at) is None
    assert [c["sent_at"] for c in await home.commands()] == [None]


async def test_in_shadow_a_close_is_decided_once_and_not_issued(home: Home) -> None:
    at = await tripped(home)
    await charge_control.set_switch("shadow", True, actor=OPERATOR, now=at)
    await home.pays(5_000, at=at + HOUR)
    await home.reports(at=at + 2 * HOUR)
    assert (await home.decisions()).count("RESTORE") == 1
    assert [c["verb"] for c in await home.commands()] == [Verb.TRIP]
    assert (await home.messages())[-1]["state"] == "SHADOW"


async def test_one_account_that_cannot_be_reviewed_holds_up_nobody(home: Home) -> None:
    other = await seed.home(await value("select id from district"), now=MONDAY_10)
    at = await noticed(other)
    await run("update account set strategy = 'nowhere' where id = $1", home.account_id)
    await run("update control set review_at = $1", at)
    with pytest.RaisesGroup(charge_control.StrategyInvalid):
        await charge_control.review_due(limit=10, now=at)
    due = "select account_id from control where review_at <= $1"
    assert [row["account_id"] for row in await rows(due, at)] == [home.account_id]


async def test_a_closed_account_that_is_due_is_looked_at_once(home: Home) -> None:
    """Its last command failed while it was being closed: that asks for a review in an hour."""
    await run("update account set closed_at = $1", MONDAY_10)
    await charge_control.follow_failure(home.account_id, now=MONDAY_10)
    assert await charge_control.review_due(limit=10, now=MONDAY_10 + HOUR) == 1
    assert await charge_control.next_review_at() is None


async def test_one_account_that_cannot_be_reviewed_keeps_back_no_balance(home: Home) -> None:
    other = await seed.home(await value("select id from district"), now=MONDAY_10)
    for each in (home, other):
        await each.pays(10_000, at=MONDAY_10)
        each.registers = (0, 300_000, 0, 0, 0)
    await run("update account set strategy = 'nowhere' where id = $1", home.account_id)
    at = MONDAY_10 + 24 * HOUR
    await command.hear([each.uplink(at) for each in (home, other)], now=at)
    assert await charge_control.assess(limit=10, now=at) == 2
    assert await home.available_fen() < 0
    assert await other.available_fen() < 0
    with pytest.RaisesGroup(charge_control.StrategyInvalid):
        await charge_control.review_due(limit=10, now=at)
    assert (await other.messages())[-1]["kind"] == "NOTICE"


async def test_two_trips_at_once_do_not_overrun_the_brake_of_a_district(home: Home) -> None:
    document = charge_control.catalogued(seed.STRATEGY)
    document["trip"]["per_district_hour"] = 1
    await charge_control.publish_strategy(seed.STRATEGY, document)
    other = await seed.home(await value("select id from district"), now=MONDAY_10)
    await noticed(other)
    at = await announced(home)
    half_an_hour_before = at - timedelta(minutes=30)
    await other.uses(peak_wh=1000, at=half_an_hour_before)
    await charge_control.review(other.account_id, now=half_an_hour_before)
    await seed.deliver_messages(at=half_an_hour_before)
    await asyncio.gather(
        *(charge_control.review(each.account_id, now=at) for each in (home, other))
    )
    assert len(await home.commands()) + len(await other.commands()) == 1
