"""Accounts accrue by the days of their part, by what they hold, under whatever tariff."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain import accrual, customer, metering, tariff
from domain.base import Actor, rows, run, value
from domain.customer import Held, ServiceFacts
from domain.metering import FurtherReading, Reading
from domain.rating import Consumption, Entitlement, Holder, rate, terms_of
from tests import seed
from tests.domain.billing.homes import document, tiers

pytestmark = pytest.mark.usefixtures("database")
CLERK = Actor("OPERATOR", 7)
JANUARY = datetime.fromisoformat("2026-01-01T00:00+08:00")
EARLY = datetime.fromisoformat("2022-08-01T00:00+08:00")
DAY = timedelta(days=1)


async def opened(*documents: dict[str, Any], now: datetime = JANUARY) -> list[seed.Home]:
    """Open a home under each of these tariffs."""
    district_id = await seed.district(now=now)
    for code, each in {each["code"]: each for each in documents}.items():
        if code != seed.TARIFF:
            await tariff.publish(each, now=now)
    return [await seed.home(district_id, now=now, tariff=each["code"]) for each in documents]


def periods(found: tariff.Tariff, wh: int) -> tuple[int, int, int, int, int]:
    """Return different energies in the periods that the tariff prices."""
    named = found.schedule.periods if found.schedule else {"flat"}
    sharp, peak, flat, valley, deep = (
        wh * (k + 1) if name in named else 0 for k, name in enumerate(tariff.PERIODS)
    )
    return (sharp, peak, flat, valley, deep)


async def used(home: seed.Home, registers: tuple[int, ...], *, at: datetime) -> dict[str, Any]:
    """Let the meter report these registers; return the position that follows."""
    home.registers = registers
    home.n += 1
    reading = Reading(home.meter_id, home.n, at, sum(registers), registers)
    assert await metering.record([reading], now=at) == ["ACCEPTED"]
    await accrual.accrue_changed(limit=100, now=at)
    return await position(home)


async def position(home: seed.Home) -> dict[str, Any]:
    (found,) = await rows("select * from account_position where account_id = $1", home.account_id)
    return found


async def grant(home: seed.Home, name: str, count: int = 1, since: str = "2022-01-01") -> None:
    held = Held(name, date.fromisoformat(since), None, count)
    await customer.grant_entitlement(home.account_id, held, actor=CLERK, now=JANUARY)


@pytest.mark.parametrize(
    "further",
    [
        {"kind": "per_day", "price": "1"},
        {"kind": "per_kva", "price": "10", "proration": "whole"},
        {"kind": "loss", "iron_kw": "1"},
    ],
    ids=["by days", "by capacity", "not by one statement"],
)
async def test_a_version_that_is_published_late_is_charged_by_from_its_first_day(further):
    """What was noted to charge by stands; the version that holds on that day is another one."""
    energy = {"kind": "energy", "price": "0.50"}
    (home,) = await opened(document("late", energy))
    facts = ServiceFacts(100_000)
    day = JANUARY.date()
    await customer.state_service(home.account_id, facts, since=day, actor=CLERK, now=JANUARY)
    await used(home, (0, 0, 1_000, 0, 0), at=JANUARY + DAY)
    charges = [further, energy] if further["kind"] == "loss" else [energy, further]
    late = document("late", *charges, version="2", valid_from="2026-01-01")
    await tariff.publish(late, now=JANUARY + DAY)
    found = await used(home, (0, 0, 9_000, 0, 0), at=JANUARY + 5 * DAY)
    charged = await accrual.charges_to_date(home.account_id)
    assert charged is not None
    assert (found["as_of"], found["unbilled_fen"]) == (charged.as_of, charged.total_fen)
    assert len({line.line for line in charged.lines}) == 2


@pytest.mark.parametrize("name", tariff.catalogue())
async def test_an_account_under_a_shipped_tariff_accrues_to_what_rate_says(name):
    shipped = tariff.catalogued(name)
    parsed = tariff.tariff_of(shipped)
    now = EARLY if parsed.valid_to and parsed.valid_from.year == 2022 else JANUARY
    plain, entitled = await opened(shipped, shipped, now=now)
    names = {charge.when.holds for charge in parsed.charges if charge.when.holds}
    names |= {bonus.holder for c in parsed.charges if c.blocks for bonus in c.blocks.bonuses}
    first_day, until = now.date(), now.date() + timedelta(days=11)
    for each in sorted(names):
        await grant(entitled, each, 7)
    facts = ServiceFacts(315_000, 200_000)
    await customer.state_service(entitled.account_id, facts, since=first_day, actor=CLERK, now=now)
    held = tuple(Entitlement(each, date(2022, 1, 1), None, 7) for each in sorted(names))
    registers = periods(parsed, 31_415)
    for home, entitlements in ((plain, ()), (entitled, held)):
        found = await used(home, registers, at=now + 10 * DAY + timedelta(hours=5))
        terms = terms_of(
            parsed,
            first_day=first_day,
            until=until,
            holder=Holder(first_day, None, entitlements),
        )
        contracted = (315_000, 200_000) if home is entitled else (0, 0)
        told = rate(terms, Consumption(registers, 0, *contracted, reactive_varh=None))
        assert found["unbilled_fen"] == told.total_fen, entitlements
        assert (found["unbilled_wh"], found["estimated"]) == (sum(registers), False)
        charges = await accrual.charges_to_date(home.account_id)
        assert (charges.total_fen, charges.lines) == (told.total_fen, told.lines)


async def test_standing_charges_grow_by_the_day():
    (home,) = await opened(
        document("s", {"kind": "per_day", "price": "0.50"}, {"kind": "energy", "price": "1"})
    )
    for days, hours, fen in ((0, 1, 50), (0, 24, 50), (1, 1, 100), (1, 24, 100), (9, 3, 500)):
        at = JANUARY + days * DAY + timedelta(hours=hours)
        found = await used(home, (0, 0, 1_000, 0, 0), at=at)
        assert found["unbilled_fen"] == fen + 100, at


async def test_an_entitlement_changes_the_charge_at_once_and_only_of_who_holds_it():
    free = {"kind": "free_energy", "when": {"holds": "low-income"}, "kwh_per_month": "15"}
    flat = document("quota", free, {"kind": "energy", "price": "0.50"})
    one, other = await opened(flat, flat)
    for home in (one, other):
        assert (await used(home, (0, 0, 20_000, 0, 0), at=JANUARY + DAY))["unbilled_fen"] == 1_000
    await grant(one, "low-income")
    assert (await accrual.accrue_changed(limit=10, now=JANUARY + DAY)).accounts == 1
    assert (await position(one))["unbilled_fen"] == 250
    assert (await position(other))["unbilled_fen"] == 1_000


async def test_what_sql_cannot_say_is_charged_with_what_was_contracted_and_measured():
    power_factor = {
        "kind": "power_factor",
        "standard": "0.90",
        "rewards": [{"to": "0.95", "percent": "0.15"}],
        "penalties": [{"to": "0.70", "percent": "0.5"}],
    }
    capacity = {"kind": "per_kva", "price": "30", "proration": "thirtieth"}
    energy = {"kind": "energy", "price": "1"}
    industry, plain = await opened(
        document("industry", energy, capacity, power_factor), document("plain", energy)
    )
    facts = ServiceFacts(capacity_va=10_000)
    await customer.state_service(
        industry.account_id, facts, since=JANUARY.date(), actor=CLERK, now=JANUARY
    )
    noon = JANUARY + timedelta(hours=12)
    for at, varh in ((JANUARY, 0), (noon, 60_000)):
        reading = FurtherReading(industry.meter_id, at, None, varh, 0)
        await metering.record_further([reading], now=at)
    assert (await used(plain, (0, 0, 80_000, 0, 0), at=noon))["unbilled_fen"] == 8_000
    found = await used(industry, (0, 0, 80_000, 0, 0), at=noon)
    # A day of 10 kVA is 10.00; cos phi = 80/100: ten hundredths short, 5 % of 90.00.
    assert found["unbilled_fen"] == 8_000 + 1_000 + 450
    assert found["as_of"] == noon


async def test_what_goes_beyond_a_tier_cycle_is_marked_until_somebody_moves_the_account_on():
    (home,) = await opened(document("m", tiers(1, ["100"], ["0.50", "1.00"])))
    end = datetime.fromisoformat("2026-02-01T00:00+08:00")
    found = await used(home, (0, 0, 100_000, 0, 0), at=end)
    assert (found["unbilled_fen"], found["estimated"]) == (5_000, False)
    found = await used(home, (0, 0, 101_000, 0, 0), at=end + timedelta(minutes=15))
    assert (found["unbilled_fen"], found["estimated"]) == (5_100, True)
    await accrual.turn([
        accrual.Turn(
            home.account_id,
            (accrual.Base(home.meter_id, end, (100_000, 0, 0, 100_000, 0, 0)),),
            cycle_wh=0,
            closed_fen=5_000,
            closed_wh=100_000,
        )
    ])
    await accrual.accrue([home.account_id], now=end + timedelta(minutes=30))
    found = await position(home)
    assert (found["unbilled_fen"], found["estimated"]) == (5_050, False)


async def test_a_version_that_begins_does_not_change_what_the_part_before_it_costs():
    (home,) = await opened(document("v", {"kind": "energy", "price": "0.50"}))
    dear = document("v", {"kind": "energy", "price": "0.80"}, version="2")
    await tariff.publish(dear | {"valid_from": "2026-01-10"}, now=JANUARY)
    found = await used(home, (0, 0, 10_000, 0, 0), at=JANUARY + 9 * DAY)
    assert (found["unbilled_fen"], found["estimated"]) == (500, False)
    found = await used(home, (0, 0, 11_000, 0, 0), at=JANUARY + 9 * DAY + timedelta(hours=1))
    assert (found["unbilled_fen"], found["estimated"]) == (550, True)


async def test_districts_in_several_zones_have_their_own_days():
    (home,) = await opened(
        document("s", {"kind": "per_day", "price": "1"}, {"kind": "energy", "price": "1"})
    )
    await customer.open_district("D9", name="Tokyo", timezone="Asia/Tokyo")
    found = await used(home, (0, 0, 1_000, 0, 0), at=JANUARY + DAY + timedelta(hours=9))
    assert found["unbilled_fen"] == 300
    await run("update district set timezone = 'Europe/London' where code = 'D1'")
    await run("update agreement set valid_from = '2025-01-01'")
    await accrual.accrue([home.account_id], now=JANUARY + 2 * DAY)
    # From the afternoon of New Year's Eve to the night after New Year's Day: three days.
    assert (await position(home))["unbilled_fen"] == 400
    assert await value("select count(distinct timezone) from district") == 2
