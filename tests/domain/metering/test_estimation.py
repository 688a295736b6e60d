"""Estimated registers lie between the measured ones, never fall, and change no sum."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.metering import Method
from domain.metering._estimation import DAY_S, Share, days_wanted, registers_at
from domain.metering._plausibility import Known

FIRST = date(2026, 3, 2)
START = datetime(2026, 3, 2, tzinfo=UTC)
uses = st.lists(st.integers(0, 50_000), min_size=6, max_size=6).map(tuple)
lengths = st.integers(2, 40)


def shares(first: int, last: int) -> list[Share]:
    return [Share(FIRST + timedelta(days=k), DAY_S) for k in range(first, last)]


def known(days: int, registers: tuple[int, ...]) -> Known:
    return Known(START + timedelta(days=days), registers)


@given(lengths, st.lists(uses, min_size=7, max_size=7), uses, uses)
def test_estimates_inside_a_gap_climb_from_one_reading_to_the_other(days, week, base, gained):
    every = [share.day for share in shares(0, days)]
    use = {day: week[day.weekday()] for day in days_wanted(every)}
    before = known(0, base)
    after = known(days, tuple(a + b for a, b in zip(base, gained, strict=True)))
    climb = [base]
    for k in range(1, days + 1):
        found = registers_at(shares(0, k), shares(k, days), before=before, after=after, use=use)
        assert found is not None
        registers, method = found
        assert method is (Method.LINEAR if days <= 3 else Method.SAME_WEEKDAYS)
        assert all(a <= b for a, b in zip(climb[-1], registers, strict=True))
        climb.append(registers)
    assert all(a <= b for a, b in zip(climb[-1], after.registers, strict=True))
    arrived = [a == b for a, b in zip(climb[-1], after.registers, strict=True)]
    shaped = [days <= 3 or any(week[day.weekday()][k] for day in every) for k in range(6)]
    assert all(there for there, has_shape in zip(arrived, shaped, strict=True) if has_shape)


@given(st.integers(1, 20), uses)
def test_silence_adds_what_the_same_days_used(days, typical):
    part = shares(0, days)
    use = dict.fromkeys(days_wanted([share.day for share in part]), typical)
    found = registers_at(part, [], before=known(0, (0,) * 6), after=None, use=use)
    assert found == (tuple(days * wh for wh in typical), Method.SAME_WEEKDAYS)


def test_a_day_that_nobody_knows_makes_no_estimate():
    part = shares(0, 5)
    use = dict.fromkeys(days_wanted([share.day for share in part[:4]])[:3], (1,) * 6)
    assert registers_at(part, [], before=known(0, (0,) * 6), after=None, use=use) is None
