from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.notification import Currency, Kind, segments, speak_of, text

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
    "who": "0001",
    "first_day": date(2026, 2, 1),
    "last_day": date(2026, 2, 28),
    "energy_wh": 1_234_500,
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


@pytest.mark.parametrize(
    ("currency", "chinese", "english"),
    [
        (Currency(), "电费50.00元", "CNY 50.00"),
        (Currency("ZAR"), "电费50.00 ZAR", "ZAR 50.00"),
        (Currency("JPY", 0), "电费5000 JPY", "JPY 5000"),
        (Currency("KWD", 3), "电费5.000 KWD", "KWD 5.000"),
    ],
)
def test_amounts_are_told_in_the_currency_of_the_deployment(currency, chinese, english):
    speak_of(currency)
    try:
        assert chinese in text(Kind.BILL_ISSUED, "zh-CN", PARAMS, zone=SHANGHAI)
        assert english in text(Kind.BILL_ISSUED, "en", PARAMS, zone=SHANGHAI)
    finally:
        speak_of(Currency())


def test_a_bill_s_message_tells_its_days_its_energy_and_its_amount():
    assert text(Kind.BILL_ISSUED, "zh-CN", PARAMS, zone=SHANGHAI) == (
        "尾号1234的用电账户2026-02-01至2026-02-28的电费账单已出："
        "用电1234.5千瓦时，电费50.00元。可在应用内查看明细。"
    )
