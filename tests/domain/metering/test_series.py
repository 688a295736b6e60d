"""What is let through without a look at each reading is what a look at each would let through."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import starmap
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from domain.metering._plausibility import Known
from domain.metering._reading import BY_HAND, REGISTERS, Outcome, Reading
from domain.metering._series import COLUMNS, Row, is_behind, plain, row_of, series_of, standing
from domain.metering._sorting import MeterState, Past, sort
from domain.metering._uplink_window import UplinkWindow

START = datetime(2026, 3, 2, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
NOW = START + 60 * QUARTER


def counted(way: Sequence[tuple[int, int]], *, at: int = 0) -> list[Row]:
    """Return a row for each step of a way: what peak and valley used in it."""
    found, peak, valley = [], 0, 0
    for k, (more, less) in enumerate(way):
        peak, valley = peak + more, valley + less
        reading = Reading(
            1, at + k, START + (at + k) * QUARTER, peak + valley, (0, peak, 0, valley, 0)
        )
        found.append(row_of(reading))
    return found


def meter_at(row: Row, **changes: Any) -> dict[str, Any]:
    names = ("meter_id", "measured_at", "last_n", *REGISTERS, "estimated")
    last = dict(zip(names, row, strict=True))
    known = {"seen": (1 << min(row[2] + 1, 63)) - 1, "rated_w": 13_200, "ratio": 1, "digits": 6}
    return {**last, **known, "removed_at": None, "ratios": None, **changes}


def state_of(meter: dict[str, Any]) -> MeterState:
    registers = tuple(meter[name] for name in REGISTERS)
    return MeterState(
        meter_id=1,
        account_id=1,
        rated_w=meter["rated_w"],
        installed_at=START,
        window=UplinkWindow(meter["last_n"], meter["seen"]),
        last=Known(meter["measured_at"], registers),
        estimated=meter["estimated"],
        digits=meter["digits"],
        ratio=meter["ratio"],
        removed_at=meter["removed_at"],
    )


def past_in(archive: Sequence[Row], at: datetime) -> Past:
    measured = [row for row in archive if not row[9]]
    before = max((row for row in measured if row[1] < at), key=itemgetter(1), default=None)
    after = min((row for row in measured if row[1] > at), key=itemgetter(1), default=None)
    there = next((row for row in archive if row[1] == at), None)
    return Past(
        before=before and Known(before[1], before[3:9]),
        after=after and Known(after[1], after[3:9]),
        there=there and there[3:9],
        there_guessed=bool(there and there[9]),
        guessed=any(
            row[9]
            and (before is None or row[1] > before[1])
            and (after is None or row[1] < after[1])
            for row in archive
        ),
    )


def reading_of(row: Row) -> Reading:
    return Reading(row[0], row[2], row[1], row[3], row[4:9], row[9])


def around(archive: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """Return what the archive would be asked for."""
    first = max((r[1] for r in archive if r[1] < rows[0][1] and not r[9]), default=None)
    last = min((r[1] for r in archive if r[1] > rows[-1][1] and not r[9]), default=None)
    return [r for r in archive if first and r[1] >= first and (last is None or r[1] <= last)]


steps = st.tuples(st.integers(0, 200), st.integers(0, 30))
wild = st.tuples(st.sampled_from([3_900, 3_940, 3_960, 3_990, 50_000]), st.just(0))


@st.composite
def ways(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Draw what a meter used step by step; sometimes one step is as much as can be, or more."""
    way = draw(st.lists(steps, min_size=2, max_size=30))
    if draw(st.booleans()):
        way[draw(st.integers(0, len(way) - 1))] = draw(wild)
    return way


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[Row], list[Row]]:
    """Draw a meter, its archive, and what it brings: late, again, ahead, wrong here and there."""
    every = counted(draw(ways()))
    kept = draw(st.sets(st.integers(1, len(every) - 1))) | {0}
    newest = every[max(kept)]
    archive = [
        (*row[:9], k < max(kept) and k > 0 and draw(st.integers(0, 19)) == 0)
        for k, row in enumerate(every)
        if k in kept
    ]
    brought = draw(
        st.lists(st.sampled_from(every), min_size=1, max_size=20)
        if draw(st.booleans())
        else st.just([row for k, row in enumerate(every) if k not in kept] or [every[-1]])
    )
    if draw(st.booleans()):
        k, column = draw(st.integers(0, len(brought) - 1)), draw(st.integers(2, 8))
        row = list(brought[k])
        row[column] = max(0, row[column] + draw(st.sampled_from([-60, -1, 1, 7, 40, 60])))
        brought[k] = tuple(row)
    if draw(st.integers(0, 4)) == 0:
        brought = [(*row[:2], BY_HAND, *row[3:]) for row in brought]
    changes: dict[str, Any] = {}
    if draw(st.integers(0, 9)) == 0:
        changes = draw(st.sampled_from([{"estimated": True}, {"removed_at": START + QUARTER}]))
    changes["ratio"] = draw(st.sampled_from([1, 1, 1, 40]))
    return meter_at(newest, **changes), archive, brought


@settings(max_examples=400)
@given(cases())
def test_what_is_plain_would_be_accepted_one_by_one(
    case: tuple[dict[str, Any], list[Row], list[Row]],
) -> None:
    meter, archive, brought = case
    readings = [reading_of(row) for row in brought]
    rows = series_of(readings)[1]
    asked = around(archive, rows) if is_behind(rows, meter) else [standing(meter)]
    found = plain(rows, meter, asked, now=NOW)
    event("plain" if found else "to be looked at")
    if found is None:
        return
    past = {(1, r.measured_at): past_in(archive, r.measured_at) for r in readings}
    result = sort(readings, {1: state_of(meter)}, past, now=NOW)
    assert set(result.outcomes) <= {Outcome.ACCEPTED, Outcome.DUPLICATE}
    assert list(map(row_of, result.accepted)) == list(found.new)
    assert result.states[1].window == found.window
    assert result.measured == []
    last = found.new[-1] if found.new and found.new[-1][1] > meter["measured_at"] else None
    assert result.states[1].last == (Known(last[1], last[3:9]) if last else state_of(meter).last)


def test_a_day_of_quarter_hours_is_plain_when_it_comes_first_and_when_it_comes_late() -> None:
    way = counted([(30, 10)] * 97)
    opening, *day = way
    assert plain(day, meter_at(opening), [opening], now=START + 200 * QUARTER).new == day
    late = plain(day[:95], meter_at(day[-1], seen=1), [opening, day[-1]], now=START + 200 * QUARTER)
    assert late is not None
    assert late.new == day[:95]


def test_what_was_there_word_for_word_is_plain_and_not_new() -> None:
    opening, *day = counted([(30, 10)] * 9)
    found = plain([*day, day[3]], meter_at(day[4]), [opening, *day[:5]], now=NOW)
    assert found is None  # not in order: `series_of` brings it into it
    rows = series_of(map(reading_of, [*day, day[3]]))[1]
    found = plain(rows, meter_at(day[4]), [opening, *day[:5]], now=NOW)
    assert found is not None
    assert found.new == day[5:]
    assert found.window == UplinkWindow(8, (1 << 9) - 1)


def changed(row: Row, **changes: Any) -> Row:
    return tuple(starmap(changes.get, zip(COLUMNS, row, strict=True)))


DAY = counted([(30, 10)] * 9)
LAST = DAY[4]


@pytest.mark.parametrize(
    ("meter", "archive", "rows"),
    [
        pytest.param({}, [LAST], [changed(DAY[5], total_wh=180)], id="below"),
        pytest.param({}, [LAST], [changed(DAY[5], total_wh=300)], id="periods"),
        pytest.param({}, [LAST], [changed(DAY[5], total_wh=4_161, peak_wh=4_161)], id="jump"),
        pytest.param(
            {}, [LAST], [changed(DAY[5], total_wh=4_155, peak_wh=4_155)], id="jump of a period"
        ),
        pytest.param({}, [LAST], [changed(DAY[5], n=DAY[4][2])], id="number taken"),
        pytest.param({}, [LAST], [DAY[5], changed(DAY[6], n=DAY[5][2])], id="number twice"),
        pytest.param({"estimated": True}, [LAST], DAY[5:6], id="after an estimate"),
        pytest.param({"removed_at": NOW}, [LAST], DAY[5:6], id="after the removal"),
        pytest.param({}, [changed(LAST, estimated=True)], DAY[5:6], id="beside an estimate"),
        pytest.param({}, DAY[2:5], [changed(DAY[4], n=20)], id="again with another number"),
        pytest.param({}, DAY[2:5], [changed(DAY[4], peak_wh=1)], id="again with other content"),
        pytest.param({}, DAY[2:5], DAY[2:3], id="nothing before"),
        pytest.param({}, [], DAY[5:6], id="nothing around"),
        pytest.param(
            {}, [LAST], [changed(DAY[5], measured_at=NOW + timedelta(hours=1))], id="ahead"
        ),
    ],
)
def test_what_leaves_a_doubt_is_looked_at(
    meter: dict[str, Any], archive: list[Row], rows: list[Row]
) -> None:
    assert plain(DAY[5:6], meter_at(LAST), [LAST], now=NOW) is not None
    assert plain(rows, meter_at(LAST, **meter), archive, now=NOW) is None
