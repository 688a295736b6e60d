from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, starmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Envelope
from devices.simulator import Load, Memory
from domain.command import ResultCode, Verb

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LOAD = Load((100, 200, 7), NOW, lambda hour: hour.hour % 5)


def _memory() -> Memory:
    return Memory(counted_until=NOW)


def _envelope(seq: int, verb: Verb, **changes) -> Envelope:
    made = Envelope(100 + seq, seq, verb, NOW, NOW + timedelta(hours=2))
    return replace(made, **changes)


def _execute(memory: Memory, envelope: Envelope, at=NOW, *, clock_is_set=True, ghost=False):
    return memory.execute(envelope, at, clock_is_set=clock_is_set, ghost=ghost)


def test_a_trip_opens_the_output_and_the_load_stops_counting():
    memory = _memory()
    assert _execute(memory, _envelope(1, Verb.TRIP)).code is ResultCode.ACCEPTED
    memory.advance(LOAD, NOW + timedelta(hours=5))
    assert (memory.output_state, memory.control_state, sum(memory.periods_wh)) == (0, 0, 0)


def test_a_command_heard_twice_is_executed_once_and_answered_alike():
    memory = _memory()
    first = _execute(memory, _envelope(1, Verb.TRIP))
    _execute(memory, _envelope(2, Verb.CLOSE))
    again = _execute(memory, _envelope(1, Verb.TRIP), NOW + timedelta(days=9))
    assert again == first
    assert (memory.output_state, memory.executions, memory.last_seq) == (1, 2, 2)


@pytest.mark.parametrize("seq", [1, 2])
def test_a_sequence_that_was_used_or_overtaken_is_refused_for_another_command(seq):
    memory = _memory()
    _execute(memory, _envelope(2, Verb.KEEP_OFF))
    late = _envelope(seq, Verb.TRIP, command_id=999)
    assert _execute(memory, late).code is ResultCode.SEQ_CONFLICT
    assert (memory.output_state, memory.last_seq) == (1, 2)


@pytest.mark.parametrize(
    ("hours", "code"), [(3, ResultCode.EXPIRED), (-1, ResultCode.PRECONDITION)]
)
def test_a_command_out_of_its_time_is_refused_and_nothing_moves(hours, code):
    memory = _memory()
    at = NOW + timedelta(hours=hours)
    assert _execute(memory, _envelope(1, Verb.TRIP), at).code is code
    assert (memory.output_state, memory.last_seq, memory.results) == (1, 0, {})


def test_a_meter_under_keep_refuses_every_trip():
    memory = _memory()
    _execute(memory, _envelope(1, Verb.KEEP_ON))
    assert _execute(memory, _envelope(2, Verb.TRIP)).code is ResultCode.REFUSED_KEEP
    assert (memory.output_state, memory.last_seq) == (1, 1)


def test_keep_makes_a_meter_that_is_off_ready_to_close():
    memory = _memory()
    _execute(memory, _envelope(1, Verb.TRIP))
    _execute(memory, _envelope(2, Verb.KEEP_ON))
    assert (memory.output_state, memory.control_state, memory.keep) == (0, 2, True)


def test_after_a_permit_close_only_the_button_closes():
    memory = _memory()
    _execute(memory, _envelope(1, Verb.TRIP))
    assert not memory.press_button()
    assert _execute(memory, _envelope(2, Verb.PERMIT_CLOSE)).code is ResultCode.DONE
    assert (memory.output_state, memory.control_state) == (0, 2)
    assert memory.press_button()
    assert (memory.output_state, memory.control_state) == (1, 1)


def test_a_permit_close_leaves_a_meter_that_is_on_as_it_is():
    memory = _memory()
    _execute(memory, _envelope(1, Verb.PERMIT_CLOSE))
    assert (memory.output_state, memory.control_state) == (1, 1)


def test_a_delayed_trip_opens_when_its_delay_is_over_and_counts_until_then():
    memory = _memory()
    _execute(memory, _envelope(1, Verb.TRIP, args={"delay_s": 1800}))
    assert memory.output_state == 1
    memory.advance(LOAD, NOW + timedelta(hours=4))
    assert (memory.output_state, sum(memory.periods_wh)) == (0, 50)


def test_a_permit_close_calls_off_a_trip_that_still_waits_for_its_delay():
    memory = _memory()
    _execute(memory, _envelope(1, Verb.TRIP, args={"delay_s": 1800}))
    _execute(memory, _envelope(2, Verb.PERMIT_CLOSE))
    memory.advance(LOAD, NOW + timedelta(hours=4))
    assert memory.output_state == 1


def test_a_meter_without_a_clock_takes_nothing_but_a_permit_close():
    memory = _memory()
    trip, permit = _envelope(1, Verb.TRIP), _envelope(2, Verb.PERMIT_CLOSE)
    assert _execute(memory, trip, clock_is_set=False).code is ResultCode.EXPIRED
    assert _execute(memory, permit, clock_is_set=False).code is ResultCode.DONE


def test_a_ghost_says_done_and_does_not_move():
    memory = _memory()
    assert _execute(memory, _envelope(1, Verb.TRIP), ghost=True).code is ResultCode.DONE
    assert (memory.output_state, memory.last_seq) == (1, 1)


def test_the_last_sixteen_results_are_remembered():
    memory = _memory()
    for seq in range(1, 20):
        _execute(memory, _envelope(seq, Verb.ALARM_ON))
    assert list(memory.results) == list(range(104, 120))
    assert _execute(memory, _envelope(3, Verb.ALARM_ON)).code is ResultCode.SEQ_CONFLICT


@given(
    st.lists(st.integers(0, 9_000), min_size=1, max_size=30),
    st.lists(st.integers(0, 400_000), min_size=2, max_size=6).map(sorted),
)
def test_counting_in_pieces_is_counting_at_once(hourly, seconds):
    drawn = Load(hourly, NOW, lambda hour: hour.hour % 5)
    moments = [NOW + timedelta(seconds=s) for s in seconds]
    whole = drawn.between(moments[0], moments[-1])
    pieces = list(starmap(drawn.between, pairwise(moments)))
    assert tuple(map(sum, zip(*pieces, strict=True))) == whole


def test_an_hour_counts_in_the_register_of_its_period():
    assert LOAD.between(NOW, NOW + timedelta(hours=2)) == (0, 0, 100, 200, 0)
