"""More worked cases of time of use: ratios, seasons, kinds of day, half hours, curves."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain import rating, tariff

from .documents import wh
from .worked import made

HUBEI = {
    "agent_purchase": {"price": "0.384470", "floats": True},
    "line_loss": {"price": "0.013643", "floats": True},
    "transmission_distribution": {"price": "0.0884"},
    "system_operation": {"price": "0.082273"},
    "government_fund": {"price": "0.0452"},
}
WHOLE = {"all": {"price": "0.70", "floats": True}}
SHANGHAI = {"sharp": {"of": "peak", "times": "1.25"}, "peak": "1.20", "flat": "1", "valley": "0.55"}
BEIJING = {"sharp": {"of": "peak", "times": "1.2"}, "peak": "1.8", "flat": "1", "valley": "0.3"}
TIANJIN = {"sharp": {"of": "peak", "times": "1.2"}, "peak": "1.5", "flat": "1", "valley": "0.46"}
GUANGDONG = {"sharp": {"of": "peak", "times": "1.25"}, "peak": "1.7", "flat": "1", "valley": "0.38"}
HUBEI_FEBRUARY = {"sharp": "1.8", "peak": "1.49", "flat": "1", "valley": "0.48"}
ZHEJIANG = {"peak": "1.65", "flat": "1", "valley": "0.5",
            "deep_valley": {"of": "valley", "times": "0.8"}}  # fmt: skip
PARTLY = {"purchase": {"price": "0.40", "floats": True}, "rest": {"price": "0.25"}}


@pytest.mark.parametrize(
    ("components", "ratios", "prices"),
    [
        # Shanghai, single-part: +20 %, -45 %, sharp 1.25 times the peak
        (WHOLE, SHANGHAI, {"sharp": "1.05", "peak": "0.84", "flat": "0.70", "valley": "0.385"}),
        # Beijing from 1 kV on; the grid's part does not float: 0.40 x 2.16 + 0.25
        (PARTLY, BEIJING, {"sharp": "1.114", "peak": "0.97", "flat": "0.65", "valley": "0.37"}),
        # Tianjin: +50 %, -54 %
        (PARTLY, TIANJIN, {"sharp": "0.97", "peak": "0.85", "flat": "0.65", "valley": "0.434"}),
        # Guangdong: 1.7 x 1.25 = 2.125
        (PARTLY, GUANGDONG, {"sharp": "1.1", "peak": "0.93", "flat": "0.65", "valley": "0.402"}),
        # Hubei in February, 110 kV: 0.398113 x ratio + 0.215873, to 6 decimals
        (HUBEI, HUBEI_FEBRUARY,
         {"sharp": "0.932476", "peak": "0.809061", "flat": "0.613986", "valley": "0.406967"}),
        # Zhejiang on a holiday: a deep valley 20 % below the valley
        (WHOLE, ZHEJIANG,
         {"peak": "1.155", "flat": "0.70", "valley": "0.35", "deep_valley": "0.28"}),
    ],
)  # fmt: skip
def test_only_what_floats_follows_the_ratio(components, ratios, prices):
    charge = {"kind": "energy", "components": components, "ratios": ratios}
    read = tariff.tariff_of(made([charge]))
    found = zip(tariff.PERIODS, read.charges[0].rule.prices, strict=True)
    assert {p: Decimal(each) / 10**8 for p, each in found if each is not None} == {
        period: Decimal(price) for period, price in prices.items()
    }


def test_what_a_period_is_so_many_times_of_may_itself_be_so_many_times_a_third():
    """Shanghai in summer: 0.6518 x 1.8 is 1.1732 to 4 decimals, and that x 1.25 is 1.4665."""
    prices = {"sharp": {"of": "peak", "times": "1.25"}, "peak": {"of": "flat", "times": "1.8"},
              "flat": "0.6518", "valley": {"of": "flat", "times": "0.4"}}  # fmt: skip
    four = {"price": {"step": "0.0001", "mode": "half_up"}}
    read = tariff.tariff_of(made([{"kind": "energy", "prices": prices}], rounding=four))
    found = [None if each is None else each / 10**8 for each in read.charges[0].rule.prices]
    assert found == [1.4665, 1.1732, 0.6518, 0.2607, None]


def test_a_season_has_its_own_periods():
    """Shanghai: a sharp period in July only; other months need no price for it."""
    summer, rest = [7], [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
    day = [
        {
            "months": summer,
            "periods": {
                "sharp": ["12:00-14:00"],
                "peak": ["08:00-12:00", "14:00-15:00", "18:00-21:00"],
                "flat": ["06:00-08:00", "15:00-18:00", "21:00-22:00"],
                "valley": ["22:00-06:00"],
            },
        },
        {
            "months": rest,
            "periods": {
                "peak": ["08:00-11:00", "18:00-21:00"],
                "flat": ["06:00-08:00", "11:00-18:00", "21:00-22:00"],
                "valley": ["22:00-06:00"],
            },
        },
    ]
    sharp = {"sharp": {"of": "peak", "times": "1.25"}, "peak": "1.26", "flat": "0.7"}
    charges = [
        {"line": "summer", "kind": "energy", "prices": sharp | {"valley": "0.28"},
         "when": {"months": summer}},
        {"line": "rest", "kind": "energy", "when": {"months": rest},
         "prices": {"peak": "1.12", "flat": "0.7", "valley": "0.35"}},
    ]  # fmt: skip
    read = tariff.tariff_of(made(charges, schedule=day))
    july = rating.terms_of(read, first_day=date(2026, 7, 1), until=date(2026, 8, 1))
    june = rating.terms_of(read, first_day=date(2026, 6, 1), until=date(2026, 7, 1))
    used = rating.Consumption((wh("10"), wh("20"), wh("30"), wh("40"), 0))
    assert rating.rate(july, used).total_fen == 1575 + 2520 + 2100 + 1120
    with pytest.raises(rating.PeriodNotPriced):
        rating.rate(june, used)
    cuts = rating.cuts_of(read, date(2026, 6, 15), date(2026, 8, 15))
    assert cuts == (date(2026, 7, 1), date(2026, 8, 1))


def schedule_of(*rules: dict) -> tariff.Schedule:
    charge = {"kind": "energy", "prices": dict.fromkeys(["peak", "flat", "valley"], "1")}
    return tariff.tariff_of(made([charge], schedule=list(rules))).schedule


USUAL = {"peak": ["08:30-11:30"], "flat": ["06:30-08:30", "11:30-22:30"], "valley": ["22:30-06:30"]}
FESTIVE = USUAL | {"flat": ["06:30-08:30", "15:00-22:30"],
                   "valley": ["22:30-06:30", "11:30-15:00"]}  # fmt: skip
NATIONAL_DAY = date(2026, 10, 1)
JIANGSU = schedule_of(
    {"days": ["workday", "weekend", "hot"], "periods": USUAL},
    {"days": ["holiday"], "periods": FESTIVE},
)


@pytest.mark.parametrize(
    ("at", "kind", "period"),
    [
        ("23:45", "workday", "valley"),
        ("00:00", "workday", "valley"),
        ("06:29", "workday", "valley"),
        ("06:30", "workday", "flat"),
        ("08:30", "weekend", "peak"),
        ("11:30", "workday", "flat"),
        ("12:00", "holiday", "valley"),
        ("15:00", "holiday", "flat"),
    ],
)
def test_half_hours_pass_midnight_and_festival_days_are_their_own(at, kind, period):
    assert JIANGSU.period_at(datetime.fromisoformat(f"2026-10-01T{at}"), kind) == period


CHINA, BRITAIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")


def hours(start: str, count: int, zone: ZoneInfo) -> list[tuple[datetime, datetime, int]]:
    """Return a curve of 1 kWh every hour."""
    first = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    ends = [first + timedelta(hours=n) for n in range(count + 1)]
    return [(since, until, 1000) for since, until in pairwise(ends)]


def test_a_load_curve_is_shared_out_by_the_schedule():
    """Two days, the first a festival; the hour from 8 is half peak."""

    def kind(day: date) -> str:
        return "holiday" if day == NATIONAL_DAY else "workday"

    two_days = hours("2026-10-01", 48, CHINA)
    found = rating.periods_used(JIANGSU, two_days, zone=CHINA, day_kind=kind)
    assert found == (0, 6000, 9500 + 13000, 11500 + 8000, 0)
    ((since, until, _),) = hours("2026-10-02T08:00", 1, CHINA)
    odd = [(since, until, 1001)]
    assert rating.periods_used(JIANGSU, odd, zone=CHINA) == (0, 501, 500, 0, 0)


def test_a_day_of_25_hours_has_one_more_of_its_night():
    autumn = rating.periods_used(JIANGSU, hours("2026-10-25", 25, BRITAIN), zone=BRITAIN)
    spring = rating.periods_used(JIANGSU, hours("2026-03-29", 23, BRITAIN), zone=BRITAIN)
    assert autumn == (0, 3000, 13000, 9000, 0)
    assert spring == (0, 3000, 13000, 7000, 0)
