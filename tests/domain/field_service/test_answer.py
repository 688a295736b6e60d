import pytest

from domain.field_service._answer import Answer, Outage, answer


@pytest.mark.parametrize(
    ("outage", "said"),
    [
        (Outage(False, 1, False, False), "DISPATCHED"),
        (Outage(False, 0, True, False), "DISPATCHED"),
        (Outage(True, 0, False, False), "DISPATCHED"),
        (Outage(True, 0, True, False), "TOP_UP_TO_RESTORE"),
        (Outage(True, 0, True, True), "RESTORING"),
        (Outage(True, 0, False, True), "RESTORING"),
        (Outage(True, 2, False, False), "PRESS_BUTTON"),
    ],
)
def test_only_what_the_balance_explains_keeps_the_van_at_home(outage, said):
    assert answer(outage) == Answer(said)
