"""The life of a command: every state meets every event."""

import pytest

from domain.command import ResultCode, State, SupplyState, Verb
from domain.command._life import OPEN_STATES, Standing, after_report, after_result

ON, OFF, READY = SupplyState(1, 1), SupplyState(0, 0), SupplyState(0, 2)
CLOSED_STATES = [state for state in State if state not in OPEN_STATES]


def trip(state: State, seq: int | None = 5, unverified: int = 0) -> Standing:
    return Standing(Verb.TRIP, state, seq, unverified)


@pytest.mark.parametrize("state", CLOSED_STATES)
@pytest.mark.parametrize("supply", [ON, OFF, None])
def test_what_is_over_stays_over(state, supply):
    for last_seq in (None, 4, 5, 6):
        assert after_report(trip(state), last_seq, supply) == trip(state)
    for code in ResultCode:
        assert after_result(trip(state), code, supply) == trip(state)


@pytest.mark.parametrize("supply", [ON, OFF, None])
def test_nothing_is_known_of_a_command_that_never_left(supply):
    never = trip(State.PENDING, None)
    assert after_report(never, 9, supply) == never
    assert after_result(never, ResultCode.DONE, supply) == never


REPORTS = [
    # before, last_seq, supply -> after, reports without effect
    (State.SENT, 5, ON, State.ACCEPTED, 0),
    (State.SENT, 5, None, State.ACCEPTED, 0),
    (State.SENT, 5, OFF, State.VERIFIED, 0),
    (State.SENT, 4, ON, State.PENDING, 0),
    (State.SENT, 4, OFF, State.PENDING, 0),
    (State.SENT, 6, ON, State.PENDING, 0),
    (State.SENT, 6, OFF, State.VERIFIED, 0),
    (State.SENT, None, ON, State.SENT, 0),
    (State.SENT, None, OFF, State.SENT, 0),
    (State.PENDING, 5, OFF, State.VERIFIED, 0),
    (State.PENDING, 5, ON, State.ACCEPTED, 0),
    (State.PENDING, 4, ON, State.PENDING, 0),
    (State.DELIVERED, 5, ON, State.ACCEPTED, 0),
    (State.DELIVERED, 4, ON, State.PENDING, 0),
    (State.ACCEPTED, 5, OFF, State.VERIFIED, 0),
    (State.ACCEPTED, 5, ON, State.ACCEPTED, 1),
    (State.ACCEPTED, 4, ON, State.ACCEPTED, 1),
    (State.ACCEPTED, None, OFF, State.VERIFIED, 0),
    (State.ACCEPTED, 5, None, State.ACCEPTED, 0),
]


@pytest.mark.parametrize(("before", "last_seq", "supply", "after", "unverified"), REPORTS)
def test_the_next_report_settles_what_was_unknown(before, last_seq, supply, after, unverified):
    assert after_report(trip(before), last_seq, supply) == trip(after, unverified=unverified)


def test_a_report_heard_again_is_no_second_report_without_effect():
    once = after_report(trip(State.ACCEPTED), 5, ON)
    assert after_report(once, 5, ON, again=True) == once
    assert after_report(once, 5, OFF, again=True).state is State.VERIFIED


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize(
    ("code", "supply", "after"),
    [
        (ResultCode.DONE, None, State.ACCEPTED),
        (ResultCode.DONE, ON, State.ACCEPTED),
        (ResultCode.DONE, OFF, State.VERIFIED),
        (ResultCode.ACCEPTED, None, State.ACCEPTED),
        (ResultCode.DEFERRED, ON, State.ACCEPTED),
        (ResultCode.EXPIRED, None, State.EXPIRED),
        (ResultCode.REFUSED_KEEP, None, State.FAILED),
        (ResultCode.RELAY_FAULT, OFF, State.FAILED),
        (99, None, State.FAILED),
    ],
)
def test_a_done_without_its_effect_is_only_accepted(state, code, supply, after):
    assert after_result(trip(state, unverified=1), code, supply) == trip(after, unverified=1)


@pytest.mark.parametrize(
    ("verb", "shown", "hidden"),
    [
        (Verb.TRIP, OFF, ON),
        (Verb.TRIP, READY, ON),
        (Verb.PERMIT_CLOSE, READY, OFF),
        (Verb.PERMIT_CLOSE, ON, OFF),
        (Verb.CLOSE, ON, READY),
        (Verb.KEEP_ON, SupplyState(1, 1, keep=True), ON),
        (Verb.KEEP_OFF, ON, SupplyState(1, 1, keep=True)),
        (Verb.ALARM_ON, SupplyState(1, 1, alarm=True), ON),
        (Verb.ALARM_OFF, ON, SupplyState(1, 1, alarm=True)),
    ],
)
def test_each_verb_is_verified_by_its_own_effect(verb, shown, hidden):
    sent = Standing(verb, State.SENT, 5)
    assert after_report(sent, 5, shown).state is State.VERIFIED
    assert after_report(sent, 5, hidden).state is State.ACCEPTED


def test_supply_that_is_still_on_does_not_show_that_a_permit_close_was_heard():
    """The trip before it is still on its way."""
    close = Standing(Verb.PERMIT_CLOSE, State.SENT, 6)
    assert after_report(close, 4, ON).state is State.PENDING
    assert after_report(close, 5, ON).state is State.PENDING
