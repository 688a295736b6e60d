"""What an account's situation calls for: a table, without any database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.charge_control import (
    Decision,
    Episode,
    Policy,
    Served,
    Situation,
    StrategyInvalid,
    TripWindow,
    Verdict,
    catalogued,
    decide,
    policy_of,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = policy_of(catalogued("residential-prepaid"))
WINDOW = TripWindow(POLICY, SHANGHAI, {})
TUESDAY_11 = datetime.fromisoformat("2026-03-03T11:00+08:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

NOTICE = Served(1, "DELIVERED", TUESDAY_11 - DAY)
FINAL = Served(2, "DELIVERED", TUESDAY_11 - HOUR / 2)
SAID = Episode(id=1, notice=NOTICE, final=FINAL, final_for=TUESDAY_11)
RIPE = Situation(
    account_id=1,
    available_fen=0,
    daily_fen=0,
    as_of=TUESDAY_11 - HOUR,
    estimated=False,
    doubtful=False,
    protected=False,
    off=False,
    ready=True,
    trip_open=False,
    trip_out=False,
    close_open=False,
    episode=SAID,
    district_trips=0,
    stopped=False,
)


def asked(
    *,
    now: datetime = TUESDAY_11,
    window: TripWindow = WINDOW,
    policy: Policy = POLICY,
    **facts: Any,
) -> Decision:
    return decide(replace(RIPE, **facts), policy, window, now=now)


def test_everything_held_is_a_trip():
    decision = asked()
    assert decision.verdict is Verdict.TRIP
    assert decision.why_not == ()


HELD = {
    "SUPPLY_ON": {"trip_open": True},
    "CLOSE_SETTLED": {"close_open": True},
    "TRIPS_ALLOWED": {"stopped": True},
    "READING_FRESH": {"as_of": TUESDAY_11 - 3 * HOUR - timedelta(seconds=1)},
    "READING_ACTUAL": {"estimated": True},
    "READING_UNDISPUTED": {"doubtful": True},
    "NOTICE_LEAD_OVER": {
        "episode": replace(SAID, notice=replace(NOTICE, delivered_at=NOTICE.delivered_at + MINUTE))
    },
    "FINAL_NOTICE_DELIVERED": {"episode": replace(SAID, final=Served(2, "SENT", None))},
    "FINAL_NOTICE_LEAD_OVER": {
        "episode": replace(SAID, final=replace(FINAL, delivered_at=FINAL.delivered_at + MINUTE))
    },
    "ANNOUNCED_TIME": {"episode": replace(SAID, final_for=TUESDAY_11 + MINUTE)},
    "TRIES_LEFT": {"episode": replace(SAID, trips=5)},
    "DISTRICT_BRAKE": {"district_trips": 200},
    "UNPROTECTED": {"protected": True},
    "NOTICE_DELIVERED": {"episode": replace(SAID, notice=Served(1, "SENT", None))},
}


@pytest.mark.parametrize("guard", HELD)
def test_each_guard_alone_holds_the_trip_back(guard):
    decision = asked(**HELD[guard])
    assert decision.verdict is Verdict.WAIT
    assert guard in {held.name for held in decision.why_not}
    together = {"FINAL_NOTICE_LEAD_OVER", "NOTICE_LEAD_OVER"}
    assert {held.name for held in decision.why_not} <= {guard} | together


def test_a_reading_is_fresh_to_the_last_second_of_three_hours():
    assert asked(as_of=TUESDAY_11 - 3 * HOUR).verdict is Verdict.TRIP


def test_without_any_reading_nobody_is_cut_off():
    assert asked(as_of=None).verdict is Verdict.WAIT


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"available_fen": 3_001}, Verdict.REST),
        ({"available_fen": 3_000}, Verdict.ALARM),
        ({"available_fen": 5_000, "daily_fen": 1_667}, Verdict.ALARM),
        ({"available_fen": 5_001, "daily_fen": 1_667}, Verdict.ALARM),
        ({"available_fen": 5_002, "daily_fen": 1_667}, Verdict.REST),
        ({"available_fen": 1}, Verdict.ALARM),
        ({"available_fen": 0}, Verdict.NOTICE),
        ({"available_fen": -5_000}, Verdict.NOTICE),
        ({"available_fen": -1, "protected": True}, Verdict.NOTICE),
    ],
)
def test_the_first_word_of_an_episode(facts, verdict):
    assert asked(episode=None, **facts).verdict is verdict


ALARMED = Episode(id=1, alarm=Served(3, "SENT", None))


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"available_fen": 3_000, "episode": ALARMED}, Verdict.REST),
        ({"available_fen": 3_500, "episode": ALARMED}, Verdict.REST),
        ({"available_fen": 3_501, "episode": ALARMED}, Verdict.RECOVER),
        ({"available_fen": 3_501, "daily_fen": 1_200, "episode": ALARMED}, Verdict.REST),
        ({"available_fen": 0, "episode": ALARMED}, Verdict.NOTICE),
        ({"available_fen": 1}, Verdict.RELENT),
        ({"available_fen": 3_501}, Verdict.RECOVER),
        ({"available_fen": 1, "trip_open": True}, Verdict.RESTORE),
        ({"available_fen": 1, "trip_open": True, "close_open": True}, Verdict.RELENT),
        ({"available_fen": 1, "off": True, "ready": False}, Verdict.RESTORE),
        ({"available_fen": 1, "off": True, "ready": True}, Verdict.RELENT),
        ({"available_fen": 0, "off": True, "ready": False}, Verdict.WAIT),
        ({"protected": True, "off": True, "ready": False}, Verdict.RESTORE),
        ({"protected": True, "trip_open": True}, Verdict.RESTORE),
    ],
)
def test_what_follows_inside_an_episode(facts, verdict):
    assert asked(**facts).verdict is verdict


UNSAID = replace(SAID, final=None, final_for=None)


def test_the_final_notice_is_said_half_an_hour_before_the_trip():
    early = asked(now=TUESDAY_11 - HOUR, episode=UNSAID)
    assert (early.verdict, early.review_at) == (Verdict.WAIT, TUESDAY_11 - HOUR / 2)
    due = asked(now=TUESDAY_11 - HOUR / 2, episode=UNSAID)
    assert (due.verdict, due.final_for) == (Verdict.FINAL_NOTICE, TUESDAY_11)


def test_a_final_notice_whose_day_passed_is_said_anew_for_the_next():
    wednesday = datetime.fromisoformat("2026-03-04T07:30+08:00")
    decision = asked(now=wednesday, as_of=wednesday)
    assert (decision.verdict, decision.final_for) == (Verdict.FINAL_NOTICE, wednesday + HOUR / 2)


def test_a_late_final_notice_moves_the_trip_and_not_the_lead():
    late = replace(SAID, final=replace(FINAL, delivered_at=TUESDAY_11 + HOUR))
    assert asked(episode=late, as_of=TUESDAY_11 + HOUR).review_at == TUESDAY_11 + 90 * MINUTE
    then = TUESDAY_11 + 90 * MINUTE
    assert asked(episode=late, now=then, as_of=then).verdict is Verdict.TRIP


def test_a_day_declared_a_holiday_after_its_announcement_is_waited_out():
    decision = asked(window=TripWindow(POLICY, SHANGHAI, {TUESDAY_11.date(): False}))
    assert {held.name for held in decision.why_not} == {"INSIDE_WINDOW"}
    assert decision.review_at == TUESDAY_11 + 5 * HOUR


SERVED = st.none() | st.builds(
    Served,
    st.just(1),
    st.just("DELIVERED"),
    st.none() | st.integers(-3_000, 0).map(lambda minutes: TUESDAY_11 + minutes * MINUTE),
)
EPISODES = st.none() | st.builds(
    Episode,
    id=st.just(1),
    alarm=SERVED,
    notice=SERVED,
    final=SERVED,
    final_for=st.none() | st.integers(-3_000, 3_000).map(lambda m: TUESDAY_11 + m * MINUTE),
    trips=st.integers(0, 6),
)
SITUATIONS = st.builds(
    Situation,
    account_id=st.just(1),
    available_fen=st.integers(-5_000, 8_000),
    daily_fen=st.integers(0, 3_000),
    as_of=st.none() | st.integers(-500, 0).map(lambda minutes: TUESDAY_11 + minutes * MINUTE),
    estimated=st.booleans(),
    doubtful=st.booleans(),
    protected=st.booleans(),
    off=st.booleans(),
    ready=st.booleans(),
    trip_open=st.booleans(),
    trip_out=st.booleans(),
    close_open=st.booleans(),
    episode=EPISODES,
    district_trips=st.integers(0, 300),
    stopped=st.booleans(),
)
CALENDARS = st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 3, 9)), st.booleans())


@given(SITUATIONS, CALENDARS, st.integers(-1_440, 1_440))
def test_a_trip_needs_every_guard_and_power_that_is_owed_comes_first(situation, days, minutes):
    now = TUESDAY_11 + minutes * MINUTE
    window = TripWindow(POLICY, SHANGHAI, days)
    decision = decide(situation, POLICY, window, now=now)
    if decision.verdict is Verdict.TRIP:
        assert not decision.why_not
        assert situation.available_fen <= 0
        assert not situation.protected
        assert window.holds(now)
    owed = situation.protected or situation.available_fen > POLICY.restore_fen
    dark = situation.trip_open or (situation.off and not situation.ready)
    assert (decision.verdict is Verdict.RESTORE) == (owed and dark and not situation.close_open)
    if decision.verdict is Verdict.WAIT and decision.review_at is not None:
        assert decision.review_at > now, "the clock would ask for ever"
    if decision.verdict is Verdict.FINAL_NOTICE:
        assert decision.final_for is not None
        assert decision.final_for >= now + POLICY.final_lead
        assert window.holds(decision.final_for)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-03-03T07:59:59", False),
        ("2026-03-03T08:00", True),
        ("2026-03-03T15:59:59", True),
        ("2026-03-03T16:00", False),
        ("2026-03-07T10:00", False),
        ("2026-12-31T10:00", True),
        ("2027-01-01T10:00", False),
        ("2027-01-02T10:00", True),
    ],
)
def test_the_window_is_open_on_working_days_and_hours(moment, inside):
    # New Year's Day is off, and the Saturday after it is worked.
    days = {date(2027, 1, 1): False, date(2027, 1, 2): True}
    at = shanghai(moment)
    assert TripWindow(POLICY, SHANGHAI, days).holds(at) is inside
    assert TripWindow(POLICY, SHANGHAI, days).holds(at.astimezone(UTC)) is inside


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("2026-03-03T05:00", "2026-03-03T08:00"),
        ("2026-03-03T10:30", "2026-03-03T10:30"),
        ("2026-03-03T16:00", "2026-03-04T08:00"),
        ("2026-03-06T16:00", "2026-03-09T08:00"),
        ("2026-12-31T17:00", "2027-01-02T08:00"),
        ("2026-02-13T16:00", "2026-02-14T08:00"),
        ("2026-02-14T16:00", "2026-02-24T08:00"),
    ],
)
def test_the_next_opening_passes_nights_weekends_years_and_festivals(moment, first):
    festival = {date(2026, 2, 15) + n * DAY: False for n in range(9)}
    days = {date(2027, 1, 1): False, date(2027, 1, 2): True, date(2026, 2, 14): True} | festival
    assert TripWindow(POLICY, SHANGHAI, days).first_from(shanghai(moment)) == shanghai(first)


def test_a_calendar_without_working_days_opens_never():
    off = {date(2026, 3, 1) + n * DAY: False for n in range(60)}
    window = TripWindow(POLICY, SHANGHAI, off)
    assert window.first_from(TUESDAY_11) is None
    decision = asked(window=window, episode=UNSAID)
    assert (decision.verdict, decision.review_at) == (Verdict.WAIT, TUESDAY_11 + DAY)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "UTC", "Asia/Kathmandu"])
def test_the_window_is_that_of_the_district_s_own_clock(zone):
    window = TripWindow(POLICY, ZoneInfo(zone), {})
    opens = datetime(2026, 3, 3, 8, tzinfo=ZoneInfo(zone))
    assert window.holds(opens)
    assert not window.holds(opens - timedelta(seconds=1))
    assert window.closes(opens) == opens + 8 * HOUR


def changed(path: str, value: Any) -> dict[str, Any]:
    document = catalogued("residential-prepaid")
    *names, last = path.split(".")
    place = document
    for name in names:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


WHOLE = (
    "alarm.at_fen",
    "alarm.days",
    "alarm.rearm_above_fen",
    "notice.at_fen",
    "notice.lead_minutes",
    "final_notice.lead_minutes",
    "trip.at_fen",
    "trip.fresh_minutes",
    "trip.per_episode",
    "trip.per_district_hour",
    "restore.above_fen",
)


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize("value", [None, "1", 1.5, True])
def test_every_number_of_a_strategy_is_there_and_whole(path, value):
    with pytest.raises(StrategyInvalid) as refused:
        policy_of(changed(path, value))
    assert refused.value.fields["path"] == path


@pytest.mark.parametrize(
    ("path", "value", "blamed"),
    [
        ("trip.from", None, "trip.from"),
        ("trip.from", "8 o'clock", "trip.from"),
        ("trip.until", 16, "trip.until"),
        ("trip.days", None, "trip.days"),
        ("trip.until", "08:00", "trip.from"),
        ("trip", None, "trip.at_fen"),
        ("alarm", "low", "alarm.at_fen"),
        ("alarm.at_fen", -1, "alarm"),
        ("alarm.rearm_above_fen", 2_999, "alarm"),
        ("trip.at_fen", 1, "alarm"),
        ("restore.above_fen", -1, "restore.above_fen"),
        ("trip.days", "SOMETIMES", "trip.days"),
        ("notice.lead_minutes", -1, "notice.lead_minutes"),
        ("final_notice.lead_minutes", -30, "final_notice.lead_minutes"),
        ("trip.fresh_minutes", 0, "trip.fresh_minutes"),
        ("trip.from", "08:00+02:00", "trip.from"),
    ],
)
def test_a_strategy_that_makes_no_sense_is_refused_with_its_path(path, value, blamed):
    with pytest.raises(StrategyInvalid) as refused:
        policy_of(changed(path, value))
    assert refused.value.fields["path"] == blamed


def test_a_strategy_may_cut_on_any_day():
    any_day = policy_of(changed("trip.days", "ALL"))
    assert TripWindow(any_day, SHANGHAI, {}).holds(shanghai("2026-03-07T10:00"))
