"""The window over uplink numbers equals a set of the numbers, as far as it reaches."""

from hypothesis import given
from hypothesis import strategies as st

from domain.metering._uplink_window import WIDTH, UplinkWindow


@given(st.lists(st.integers(0, 200), max_size=60))
def test_the_window_knows_exactly_the_numbers_it_reaches(numbers):
    window, taken = UplinkWindow(0, 1), {0}
    for n in numbers:
        assert window.has(n) == (n in taken and window.last_n - n < WIDTH)
        window = window.taking(n)
        taken.add(n)
        assert window.last_n == max(taken)
        assert 0 < window.seen < 2**63


@given(
    st.integers(0, 200),
    st.lists(st.integers(0, 300), min_size=1, max_size=90)
    | st.integers(0, 100).map(lambda n: list(range(n, n + 90))),
)
def test_taking_all_is_taking_each(first, numbers):
    window = each = UplinkWindow(0, 1).taking(first)
    for n in numbers:
        each = each.taking(n)
    assert window.taking_all(numbers) == each


def test_a_leap_beyond_the_width_forgets_what_was_before():
    window = UplinkWindow(0, 1).taking(10_000)
    assert window.has(10_000)
    assert not window.has(0)


def test_a_number_too_old_for_the_window_leaves_it_alone():
    window = UplinkWindow(100, 1)
    assert window.taking(100 - WIDTH) is window
    assert window.taking(100 - WIDTH + 1).has(100 - WIDTH + 1)
