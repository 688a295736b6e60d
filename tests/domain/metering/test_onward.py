"""What passes by whole columns of many meters would be accepted reading by reading."""

from collections import UserDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from domain.metering._onward import Onward
from domain.metering._packed import packed
from domain.metering._plausibility import Known
from domain.metering._reading import BY_HAND, REGISTERS, Outcome, Reading
from domain.metering._series import Row, row_of
from domain.metering._sorting import sort
from tests.domain.metering.test_series import (
    NOW,
    QUARTER,
    cases,
    changed,
    counted,
    meter_at,
    past_in,
    reading_of,
    state_of,
)

Brought = dict[int, list[Reading]]
Case = tuple[dict[str, Any], list[Row], list[Row]]
LATE = NOW + 200 * QUARTER


class Stood(UserDict[str, Any]):
    """A meter as the driver has it: a mapping, and a tuple that begins with a row."""

    def __iter__(self) -> Any:
        return iter([*list(self.data.values())[:9], self["estimated"]])


def brought_by(rows: Iterable[Row]) -> Brought:
    found: Brought = {}
    for reading in map(reading_of, rows):
        found.setdefault(reading.meter_id, []).append(reading)
    return found


class Judged(Onward):
    """What goes on, judged to the end."""

    def __init__(self, brought: Brought, meters: Any, *, now: datetime) -> None:
        super().__init__(brought, meters, now=now)
        self.rows = [row for piece in self.pieces() for row in piece]


def of(meter_id: int, row: Row) -> Row:
    return (meter_id, *row[1:])


SPAN = 10**7


def turned(row: Row, turns: int) -> Row:
    """Return a row whose registers have started again at zero so often."""
    return (*row[:3], *(each + turns * SPAN for each in row[3:9]), row[9])


@st.composite
def turned_cases(draw: st.DrawFn) -> Case:
    """Draw a meter of four digits that has started again at zero, and shows the rest of it."""
    meter, archive, brought = draw(cases())
    turns = draw(st.integers(0, 2))
    registers = {name: meter[name] + turns * SPAN for name in REGISTERS}
    return meter | registers | {"digits": 4}, [turned(row, turns) for row in archive], brought


@settings(max_examples=300)
@given(st.lists(cases() | turned_cases(), min_size=1, max_size=4))
def test_what_goes_on_plainly_would_be_accepted_one_by_one(group: list[Case]) -> None:
    meters = {k: Stood(case[0] | {"meter_id": k}) for k, case in enumerate(group)}
    rows = [of(k, row) for k, case in enumerate(group) for row in case[2]]
    found = Judged(brought_by(rows), meters, now=NOW)
    event(f"{len(group) - len(found.doubtful)} of {len(group)}")
    assert {last.meter_id for last, _ in found.last} == set(meters) - found.doubtful
    rows = []
    for last, seen in found.last:
        meter, archive, brought = group[last.meter_id]
        readings = list(map(reading_of, brought))
        past = {(1, r.measured_at): past_in(archive, r.measured_at) for r in readings}
        result = sort(readings, {1: state_of(meter)}, past, now=NOW)
        assert set(result.outcomes) == {Outcome.ACCEPTED}
        state = result.states[1]
        assert (state.window.last_n, state.window.seen) == (last.n, seen)
        assert state.last == Known(last.measured_at, last.registers)
        rows += [of(last.meter_id, row_of(reading)) for reading in result.accepted]
    assert found.rows == list(map(packed, rows))


def test_a_meter_that_has_started_again_at_zero_goes_on_plainly() -> None:
    opening, *day = counted([(30, 10)] * 97)
    meters = {1: Stood(meter_at(turned(opening, 3), digits=4))}
    found = Judged(brought_by(day), meters, now=LATE)
    assert found.rows == [packed(turned(row, 3)) for row in day]
    last = turned(day[-1], 3)
    assert found.last == [(reading_of(last), (1 << 63) - 1)]
    again = Judged(brought_by([changed(last, n=200)]), meters, now=LATE)
    assert again.rows == [packed(changed(last, n=200))]  # taken at its word


@pytest.mark.parametrize(
    "shown",
    [pytest.param(0, id="zero again"), pytest.param(SPAN + 9_999_000, id="too many digits")],
)
def test_a_register_that_turns_is_left_to_others(shown: int) -> None:
    last = changed(LAST, total_wh=2 * SPAN - 1, peak_wh=2 * SPAN - 1, valley_wh=0)
    meters = {1: Stood(meter_at(last, digits=4))}
    row = changed(NEXT, total_wh=shown, peak_wh=shown, valley_wh=0)
    assert Judged(brought_by([row]), meters, now=LATE).doubtful == {1}


def test_a_day_of_many_meters_goes_on_and_a_doubt_of_one_concerns_no_other() -> None:
    opening, *day = counted([(30, 10)] * 97)
    meters = {k: Stood(meter_at(opening) | {"meter_id": k}) for k in range(1, 6)}
    rows = [of(k, row) for k in meters for row in day]
    found = Judged(brought_by([*reversed(rows), of(3, day[4])]), meters, now=LATE)
    assert found.doubtful == {3}
    assert sorted(found.rows) == [packed(row) for row in rows if row[0] != 3]
    assert found.days() == {row[1].date() for row in day}
    assert found.last == [(reading_of(of(k, day[-1])), (1 << 63) - 1) for k in (5, 4, 2, 1)]


DAY = counted([(30, 10)] * 9)
LAST, NEXT = DAY[4], DAY[5]


@pytest.mark.parametrize(
    ("meter", "row"),
    [
        pytest.param({}, DAY[3], id="late"),
        pytest.param({}, LAST, id="again"),
        pytest.param({}, changed(NEXT, n=BY_HAND), id="by hand"),
        pytest.param({}, changed(NEXT, n=LAST[2]), id="number taken"),
        pytest.param({}, changed(NEXT, total_wh=180, peak_wh=130), id="below"),
        pytest.param({}, changed(NEXT, peak_wh=140, valley_wh=100), id="a period below"),
        pytest.param({}, changed(NEXT, total_wh=300), id="more than the periods"),
        pytest.param({}, changed(NEXT, peak_wh=200, valley_wh=91), id="less than the periods"),
        pytest.param({}, changed(NEXT, total_wh=4_161, peak_wh=4_101), id="jump"),
        pytest.param(
            {}, changed(NEXT, total_wh=4_160, peak_wh=4_150, valley_wh=50), id="jump of a period"
        ),
        pytest.param({"ratio": 100}, NEXT, id="jump behind transformers"),
        pytest.param({}, changed(NEXT, measured_at=LATE + timedelta(hours=1)), id="ahead"),
        pytest.param({}, changed(NEXT, estimated=True), id="estimated"),
        pytest.param({"estimated": True}, NEXT, id="after an estimate"),
        pytest.param({"removed_at": NOW}, NEXT, id="after the removal"),
        pytest.param({"ratios": [(NOW, 2)]}, NEXT, id="ratio changed"),
    ],
)
def test_what_does_not_plainly_go_on_is_left_to_others(meter: dict[str, Any], row: Row) -> None:
    last = changed(LAST, total_wh=200, peak_wh=150, valley_wh=50)
    meters = {1: Stood(meter_at(last))}
    assert Judged(brought_by([NEXT]), meters, now=LATE).rows == [packed(NEXT)]
    other = {1: Stood(meter_at(last, **meter))}
    found = Judged(brought_by([row]), other, now=LATE)
    assert (found.doubtful, found.rows, found.last) == ({1}, [], [])
