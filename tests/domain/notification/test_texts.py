from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.notification import Kind, segments, text

SHANGHAI = ZoneInfo("Asia/Shanghai")
PARAMS = {
    "account_number": "3300001234",
    "available_fen": -123_456_05,
    "amount_fen": 5000,
    "trip_at": datetime(2026, 3, 2, 2, 5, tzinfo=UTC),
    "due_at": datetime(2026, 3, 2, 2, 5, tzinfo=UTC),
    "code": "123456",
    "minutes": 5,
    "number": "R20260302-1",
}
BARRED = ("欠费", "催", "逾期", "债", "overdue", "debt", "arrears", "[", "]", "¥", "★", "【")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_text_passes_the_rules_of_the_platforms_and_costs_at_most_two_parts(kind, locale):
    said = text(kind, locale, PARAMS, zone=SHANGHAI)
    assert not [word for word in BARRED if word in said.lower()]
    assert "{" not in said
    assert segments(said) <= 2


def test_a_notice_names_balance_and_time_in_the_zone_of_the_district():
    assert text(Kind.NOTICE, "zh-CN", PARAMS, zone=SHANGHAI) == (
        "尾号1234的用电账户余额-123456.05元，已不足以继续用电。"
        "如未充值，将自3月2日10:05起暂停供电；充值后自动恢复。"
    )
    assert "CNY -123456.05" in text(Kind.NOTICE, "en", PARAMS, zone=SHANGHAI)
    assert "2026-03-02 10:05" in text(Kind.NOTICE, "en-GB", PARAMS, zone=SHANGHAI)


def test_no_text_tells_the_whole_account_number():
    for kind in Kind:
        assert "3300001234" not in text(kind, "zh-CN", PARAMS, zone=SHANGHAI)


@pytest.mark.parametrize(
    ("fen", "amount"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-100, "-1.00"), (10001, "100.01")]
)
def test_amounts_are_exact(fen, amount):
    said = text(Kind.TRIPPED, "en", PARAMS | {"available_fen": fen}, zone=SHANGHAI)
    assert f"CNY {amount}." in said
