"""A period that is cut costs one month: in the charge to date, on the bill, and corrected."""

from datetime import date

import pytest

from domain import billing, customer
from domain.base import Actor, value
from domain.customer import Held
from tests import seed

from .homes import OPENED, at, bill, document, home, later, publish, record

CLERK = Actor("OPERATOR", 1)
NEW_YEAR = date(2026, 1, 1)
FREE = {"kind": "free_energy", "kwh_per_month": "15", "when": {"holds": "low-income"}}
PERIOD_TIERS = {
    "kind": "tiers",
    "cycle": {"period": True},
    "limits": [{"kwh": ["100"]}],
    "prices": ["0.50", "0.60"],
}


def month(price: str, proration: str) -> dict:
    return {"kind": "per_month", "price": price, "proration": proration}


@pytest.fixture
async def district_id(database) -> int:
    return await seed.district(now=OPENED)


async def version(number: str, *charges: dict, **days: str) -> None:
    await publish(document("cut", *charges, version=number, **days))


CUTS = pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        # 30 and 31 a month: 14/30 and 16/30; 14/31 and 17/31; all of it in the first part
        (month("30", "thirtieth"), month("31", "thirtieth"), (1400, 1653)),
        (month("30", "days"), month("31", "days"), (1355, 1700)),
        (month("30", "whole"), month("31", "whole"), (3000, 0)),
        # 70 kWh, then 60 on top of them: 30 x 0.50 + 30 x 0.60
        (PERIOD_TIERS, PERIOD_TIERS, (3500, 3300)),
        # 100 kWh from 0 on cost 20 besides, once
        (
            {"kind": "brackets", "brackets": [{"prices": ["1"], "fixed": "20"}]},
            {"kind": "brackets", "brackets": [{"prices": ["1"], "fixed": "20"}]},
            (9000, 6000),
        ),
    ],
    ids=["thirtieth", "days", "whole", "tiers", "brackets"],
)


@CUTS
async def test_the_parts_of_a_month_cost_one_month(district_id, old, new, parts):
    await version("1", old, valid_to="2026-01-15")
    await version("2", new, valid_from="2026-01-15")
    one = await home(district_id, code="cut", fen=100_000)
    await one.read(at("2026-01-15"), peak_wh=70_000)
    assert (await bill("2026-01-15")).issued == 0
    assert (await one.position())["unbilled_fen"] == parts[0]
    await one.read(at("2026-02-01"), peak_wh=130_000)
    was = await one.position()
    assert was["unbilled_fen"] == sum(parts)
    await bill("2026-02-01")
    (found,) = await one.bills()
    assert found["total_fen"] == sum(parts)
    assert (await one.position())["available_fen"] == was["available_fen"]
    assert (await billing.recompute(found["id"])).is_same
    done = await billing.correct(
        one.account_id, since=date(2026, 1, 1), why="again", actor=CLERK, now=at("2026-02-02")
    )
    assert done.difference_fen == 0, "rated again it is the same"
    await one.read(at("2026-02-02"), peak_wh=130_000)
    anew = {"thirtieth": 103, "days": 111, "whole": 3100}
    february = anew.get(str(new.get("proration")), 2000 if "brackets" in new else 0)
    assert (await one.position())["unbilled_fen"] == february, "a new month begins anew"


async def test_a_free_quota_is_given_once_in_a_month_that_is_cut(district_id):
    energy = {"kind": "energy", "price": "1"}
    await version("1", FREE, energy, valid_to="2026-01-15")
    await version("2", FREE, energy, valid_from="2026-01-15")
    one = await home(district_id, code="cut", fen=100_000)
    held = Held("low-income", date(2026, 1, 1))
    await customer.grant_entitlement(one.account_id, held, actor=CLERK, now=OPENED)
    await one.read(at("2026-01-15"), peak_wh=70_000)
    await bill("2026-01-15")
    await one.read(at("2026-02-01"), peak_wh=130_000)
    assert (await one.position())["unbilled_fen"] == 11_500
    await bill("2026-02-01")
    assert await value("select sum(total_fen)::bigint from bill") == 11_500


@CUTS
@pytest.mark.parametrize("bill_run", [True, False], ids=["part-ended", "part-waits"])
async def test_a_month_that_is_cut_is_forecast_as_it_is_billed(
    district_id, old, new, parts, bill_run
):
    await version("1", old, valid_to="2026-01-15")
    await version("2", new, valid_from="2026-01-15")
    one = await home(district_id, code="cut", fen=100_000)
    await one.read(at("2026-01-08"), peak_wh=35_000)
    early = await billing.forecast(one.account_id)
    await one.read(at("2026-01-15"), peak_wh=70_000)
    if bill_run:
        await bill("2026-01-15")
    await one.read(at("2026-01-29"), peak_wh=140_000)
    late = await billing.forecast(one.account_id)
    await one.read(at("2026-02-01"), peak_wh=155_000)
    await bill("2026-02-01")
    (found,) = await one.bills()
    said = (found["total_fen"], found["energy_wh"])
    assert (early.expected_fen, early.expected_wh) == said
    assert (late.expected_fen, late.expected_wh) == said


async def test_where_a_cut_is_reckoned_the_total_is_that_of_its_periods(district_id):
    """A fifth of 10.003 and of 5.002 kWh: 2000 and 1000 Wh, and 3000 in all, not 3001."""
    for number, days in (("1", {"valid_to": "2026-01-15"}), ("2", {"valid_from": "2026-01-15"})):
        await version(number, {"kind": "energy", "price": "0.50"}, **days)
    one = await home(district_id, code="cut", fen=100_000)
    await one.read(at("2026-01-13"), peak_wh=0)
    await one.read(at("2026-01-23"), peak_wh=10_003, valley_wh=5_002)
    await one.read(at("2026-02-01"), peak_wh=10_003, valley_wh=5_002)
    await bill("2026-02-01")
    (found,) = await one.bills()
    ends = [part.spans[0].end for part in (await billing.bill_of(found["id"])).parts]
    assert ends == [(3_000, 0, 2_000, 0, 1_000, 0), (15_005, 0, 10_003, 0, 5_002, 0)]


@pytest.mark.parametrize("first", [2, -28], ids=["nothing to go by", "estimated for a while"])
async def test_a_cut_in_a_silence_is_by_days_once_the_meter_speaks_again(district_id, first):
    await version("1", {"kind": "energy", "price": "0.50"}, valid_to="2026-01-11")
    await version("2", {"kind": "energy", "price": "1.00"}, valid_from="2026-01-11")
    opened = later(NEW_YEAR, first - 2)
    one = await home(district_id, code="cut", fen=100_000, now=at(opened))

    async def speak(days: range) -> None:
        """Report 5 kWh a day up to New Year, and 10 kWh a day from then on."""
        start = 5_000 * (NEW_YEAR - opened).days
        use = [(at(later(NEW_YEAR, k)), start + k * (10_000 if k > 0 else 5_000)) for k in days]
        await record([one.reading(when, peak_wh=wh) for when, wh in use], now=use[-1][0])

    await speak(range(first - 1, 5))
    await bill("2026-01-15")
    assert await value("select count(*) from open_bill_part") == 1
    await speak(range(15, 32))
    await bill("2026-02-01")
    found = (await one.bills())[-1]
    assert (found["energy_wh"], found["total_fen"]) == (310_000, 100 * 50 + 210 * 100)
    assert (found["state"], found["estimated"]) == ("ISSUED", True)
    assert (await billing.recompute(found["id"])).is_same
    position = await one.position()
    assert (position["closed_fen"], position["unbilled_fen"], position["unbilled_wh"]) == (0, 0, 0)
