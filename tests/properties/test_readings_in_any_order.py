"""Whatever the wire does to true readings, the record ends up the same."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.metering import Outcome, Reading
from domain.metering._plausibility import Known
from domain.metering._sorting import MeterState, Past, sort
from domain.metering._uplink_window import UplinkWindow

START = datetime.fromisoformat("2026-03-02T10:00+08:00")
OPENING = (0, 0, 0, 0, 0, 0)
RATED_W = 10_000


@st.composite
def days_of_readings(draw: st.DrawFn) -> list[Reading]:
    """Draw readings of a meter that never carries more than its rating."""
    found, registers, at = [], [0] * 5, START
    for n in range(1, draw(st.integers(1, 12)) + 1):
        minutes = draw(st.integers(1, 600))
        at += timedelta(minutes=minutes)
        registers[draw(st.integers(0, 4))] += draw(st.integers(0, RATED_W * minutes // 60))
        periods = (registers[0], registers[1], registers[2], registers[3], registers[4])
        found.append(Reading(1, n, at, sum(periods), periods))
    return found


class Record:
    """The tables in memory: what `record` reads before it sorts and writes after it."""

    def __init__(self) -> None:
        window = UplinkWindow(0, 1)
        self.state = MeterState(1, 1, RATED_W, START, window, Known(START, OPENING))
        self.readings = {START: OPENING}

    def past(self, at: datetime) -> Past:
        earlier = [t for t in self.readings if t < at]
        later = [t for t in self.readings if t > at]
        return Past(
            before=Known(max(earlier), self.readings[max(earlier)]) if earlier else None,
            after=Known(min(later), self.readings[min(later)]) if later else None,
            there=self.readings.get(at),
        )

    def take(self, group: list[Reading]) -> list[Outcome]:
        past = {
            (1, r.measured_at): self.past(r.measured_at)
            for r in group
            if r.measured_at <= self.state.last.measured_at or r.n <= self.state.window.last_n
        }
        result = sort(group, {1: self.state}, past, now=START + timedelta(days=60))
        self.state = result.states[1]
        self.readings |= {r.measured_at: r.registers for r in result.accepted}
        return result.outcomes


@given(days_of_readings(), st.data())
def test_shuffled_doubled_and_regrouped_readings_end_in_the_same_record(readings, data):
    straight, wild = Record(), Record()
    for reading in readings:
        assert straight.take([reading]) == [Outcome.ACCEPTED]
    repeats = data.draw(st.lists(st.sampled_from(readings), max_size=8))
    rest = data.draw(st.permutations([*readings, *repeats]))
    outcomes: list[Outcome] = []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        outcomes += wild.take(rest[:size])
        rest = rest[size:]
    assert outcomes.count(Outcome.ACCEPTED) == len(readings)
    assert outcomes.count(Outcome.DUPLICATE) == len(repeats)
    assert wild.readings == straight.readings
    assert wild.state == straight.state


@given(days_of_readings(), st.data())
def test_lost_readings_lose_no_energy(readings, data):
    heard = data.draw(st.sets(st.sampled_from(readings), min_size=1))
    record = Record()
    for reading in data.draw(st.permutations(sorted(heard, key=lambda r: r.n))):
        assert record.take([reading]) == [Outcome.ACCEPTED]
    assert record.state.last.registers == max(heard, key=lambda r: r.n).registers
