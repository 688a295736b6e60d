"""Where tiers end: seasons, months of service, a household's bonus, days of a period."""

from datetime import date

import pytest

from domain import rating, tariff
from domain.rating import Entitlement, Holder

from .documents import terms

YEAR = {"months": 12}
MONTH = {"months": 1}


def limits(
    charge: dict, first_day: str = "2026-05-01", until: str = "2026-06-01", **holder
) -> list[int]:
    charge = {"kind": "tiers", "cycle": MONTH, "prices": ["1", "2", "3"], **charge}
    days = [date.fromisoformat(day) for day in (first_day, until)]
    settled = terms(charge, first_day=days[0], until=days[1], holder=Holder(**holder))
    return [wh // 1000 for wh in settled.limits]


def household(count: int, since: str, until: str | None = None) -> tuple[Entitlement, ...]:
    end = date.fromisoformat(until) if until else None
    return (Entitlement("household", date.fromisoformat(since), end, count),)


def test_limits_follow_the_season():
    summer = {"months": [5, 6, 7, 8, 9, 10], "kwh": ["260", "600"]}
    winter = {"months": [11, 12, 1, 2, 3, 4], "kwh": ["200", "400"]}
    charge = {"limits": [summer, winter]}
    assert limits(charge) == [260, 600]
    assert limits(charge, "2026-04-01", "2026-05-01") == [200, 400]


def test_a_years_limits_may_be_summed_up_of_months_that_change_inside_it():
    """200/320 a month to June, 230/370 from July on: 2580 and 4140 for the year."""
    old = {"per": "month", "until": "2016-07-01", "kwh": ["200", "320"]}
    new = {"per": "month", "from": "2016-07-01", "kwh": ["230", "370"]}
    charge = {"cycle": YEAR, "limits": [old, new]}
    assert limits(charge, "2016-05-01", "2016-06-01") == [2580, 4140]
    assert limits(charge, "2016-09-01", "2016-10-01") == [2580, 4140]
    assert limits(charge, "2017-01-01", "2017-02-01") == [2760, 4440]


def test_a_cycles_limits_may_change_on_a_day():
    old = {"until": "2016-07-01", "kwh": ["2400", "3840"]}
    new = {"from": "2016-07-01", "kwh": ["2760", "4440"]}
    charge = {"cycle": YEAR, "limits": [old, new]}
    assert limits(charge, "2016-06-01", "2016-07-01") == [2400, 3840]
    assert limits(charge, "2016-07-01", "2016-08-01") == [2760, 4440]


def test_months_without_service_take_their_part_of_a_years_limits():
    """Opened in mid-September: the month counts whole, four of twelve months remain."""
    charge = {"cycle": YEAR, "limits": [{"kwh": ["2760", "4800"]}], "by_service": True}
    opened = date(2026, 9, 15)
    assert limits(charge, "2026-10-01", "2026-11-01", served_from=opened) == [920, 1600]
    assert limits(charge, "2027-01-01", "2027-02-01", served_from=opened) == [2760, 4800]


def test_a_large_households_bonus_counts_while_it_is_entitled():
    bonus = {"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}
    charge = {"limits": [{"kwh": ["260", "600"]}], "bonuses": [bonus]}
    assert limits(charge, entitlements=household(5, "2025-01-01")) == [360, 700]
    assert limits(charge, entitlements=household(9, "2025-01-01")) == [360, 700]
    assert limits(charge, entitlements=household(4, "2025-01-01")) == [260, 600]
    assert limits(charge, entitlements=household(5, "2025-01-01", "2026-05-01")) == [260, 600]


def test_in_a_year_the_bonus_counts_for_the_months_of_entitlement():
    bonus = {"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}
    charge = {"cycle": YEAR, "limits": [{"kwh": ["2760", "4800"]}], "bonuses": [bonus]}
    held = household(5, "2026-10-10", "2028-10-10")
    assert limits(charge, "2026-11-01", "2026-12-01", entitlements=held) == [3060, 5100]


def test_a_bonus_lifts_the_years_limits_from_the_first_month_that_it_touches_on():
    """Who moves in on 20 May brings eight months; the bills of January to April stay."""
    bonus = {"for": "household", "from_count": 5, "kwh_per_month": ["100", "100"]}
    charge = {"cycle": YEAR, "limits": [{"kwh": ["2760", "4800"]}], "bonuses": [bonus]}
    held = household(5, "2026-05-20")
    assert limits(charge, "2026-03-01", "2026-04-01", entitlements=held) == [2760, 4800]
    assert limits(charge, "2026-04-15", "2026-05-01", entitlements=held) == [2760, 4800]
    for days in (("2026-05-01", "2026-05-10"), ("2026-04-15", "2026-05-15")):
        assert limits(charge, *days, entitlements=held) == [3560, 5600]
    assert limits(charge, "2026-12-01", "2027-01-01", entitlements=held) == [3560, 5600]


def test_each_further_person_may_count_and_an_overtaken_tier_is_empty():
    bonus = {
        "for": "household",
        "from_count": 5,
        "each_further": True,
        "kwh_per_month": ["100", "0"],
    }
    charge = {"limits": [{"kwh": ["200", "350"]}], "bonuses": [bonus]}
    assert limits(charge, entitlements=household(5, "2026-01-01")) == [300, 350]
    assert limits(charge, entitlements=household(7, "2026-01-01")) == [500, 500]


def test_limits_follow_the_days_of_a_reading_period():
    charge = {"cycle": {"period": True}, "limits": [{"kwh": ["100", "300"]}], "days_per_month": 30}
    assert limits(charge, "2026-03-10", "2026-04-24") == [150, 450]


def test_the_days_of_a_period_scale_the_limits_of_one_month_only_where_two_months_share_it():
    """20 April to 20 May, cut on the first: 11/30 and 19/30 of the limits, not 11/30 and 30/30."""
    charge = {"limits": [{"kwh": ["300", "600"]}], "days_per_month": 30}
    began = date(2026, 4, 20)
    assert limits(charge, "2026-04-20", "2026-05-01") == [110, 220]
    assert limits(charge, "2026-05-01", "2026-05-20", period_from=began) == [190, 380]
    assert limits(charge, "2026-05-10", "2026-05-20", period_from=began) == [190, 380]


def test_a_period_over_the_end_of_a_cycle_or_a_season_is_to_be_cut():
    summer = {"months": [5, 6, 7, 8, 9, 10], "kwh": ["260", "600"]}
    winter = {"months": [11, 12, 1, 2, 3, 4], "kwh": ["200", "400"]}
    for charge in (
        {"limits": [summer, winter]},
        {"cycle": YEAR, "limits": [summer, winter]},
        {"cycle": {"months": 2, "from_month": 1}, "limits": [{"kwh": ["1", "2"]}]},
    ):
        with pytest.raises(rating.PeriodNeedsCut) as refused:
            limits(charge, "2026-10-15", "2026-11-15")
        assert refused.value.fields["cuts"] == (date(2026, 11, 1),)


def test_a_period_inside_a_year_needs_no_cut():
    charge = {"cycle": YEAR, "limits": [{"kwh": ["2760", "4800"]}]}
    assert limits(charge, "2026-01-15", "2026-12-31") == [2760, 4800]
    read = tariff.tariff_of(tariff.catalogued("zhejiang-residential-tou"))
    assert rating.cuts_of(read, date(2025, 12, 20), date(2027, 1, 20)) == (
        date(2026, 1, 1),
        date(2027, 1, 1),
    )
