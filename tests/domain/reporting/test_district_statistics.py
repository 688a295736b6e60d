"""The figures of a district equal a direct recount."""

import pytest

from domain import field_service, reporting
from domain.base import SYSTEM, rows, value
from tests import seed
from tests.domain.reporting.lived_in import MONDAY_10, lived_in
from tests.seed import HOUR

pytestmark = pytest.mark.usefixtures("database")


async def test_the_figures_equal_a_recount_home_by_home():
    homes = await lived_in()
    other = await seed.district("D2", now=MONDAY_10)
    await seed.home(other, now=MONDAY_10)
    found, elsewhere = await reporting.district_statistics()
    shown = [
        await value(
            "select output_state * 10 + control_state from supply where meter_id = $1"
            " and reported_at is not null",
            home.meter_id,
        )
        for home in homes.values()
    ]
    balances = [await home.available_fen() for home in homes.values()]
    commands = [c for home in homes.values() for c in await home.commands()]
    assert found.controlled_accounts == len(homes)
    assert (found.accounts_on, found.accounts_off) == (shown.count(11), shown.count(0))
    assert (found.accounts_ready, found.accounts_unknown) == (shown.count(2), shown.count(None))
    assert found.consumption_wh == sum(sum(home.registers) for home in homes.values())
    assert found.total_balance_fen == sum(balances)
    assert found.total_negative_fen == sum(fen for fen in balances if fen < 0)
    for verbs, counted in (
        ({1}, (found.trips_issued, found.trips_verified)),
        ({2, 3}, (found.closes_issued, found.closes_verified)),
    ):
        states = [c["state"] for c in commands if c["verb"] in verbs]
        assert counted == (len(states), states.count("VERIFIED"))
    assert found.trips_issued == 3
    assert elsewhere.code == "D2"
    assert (elsewhere.controlled_accounts, elsewhere.accounts_unknown) == (1, 1)
    assert elsewhere.consumption_wh == elsewhere.trips_issued == 0


async def test_energy_counts_between_the_two_moments():
    district_id = await seed.district(now=MONDAY_10)
    home = await seed.home(district_id, now=MONDAY_10)
    for hour in range(1, 6):
        await home.uses(peak_wh=hour * 100, at=MONDAY_10 + hour * HOUR)

    async def used(since: int | None, until: int | None) -> int:
        (found,) = await reporting.district_statistics(
            district_id,
            since=None if since is None else MONDAY_10 + since * HOUR,
            until=None if until is None else MONDAY_10 + until * HOUR,
        )
        return found.consumption_wh

    assert await used(None, None) == 1_500
    assert await used(2, 4) == 300 + 400
    assert await used(-5, 1) == 100
    assert await used(None, 2) + await used(2, None) == 1_500


async def test_energy_is_what_registers_moved_by_behind_the_ratio_of_the_time():
    district_id = await seed.district(now=MONDAY_10)
    home = await seed.home(district_id, now=MONDAY_10, rated_w=2_000_000)
    for ct, hour in (("100/5", 2), ("200/5", 4)):
        await home.uses(peak_wh=100, at=MONDAY_10 + (hour - 1) * HOUR)
        shown = (sum(home.registers), *home.registers)
        at = MONDAY_10 + hour * HOUR
        await field_service.change_ratio(
            home.meter_id, ct=ct, pt="1/1", shown=shown, actor=SYSTEM, now=at
        )
    await home.uses(peak_wh=100, at=MONDAY_10 + 5 * HOUR)

    async def used(since: int, until: int) -> int:
        (found,) = await reporting.district_statistics(
            district_id, since=MONDAY_10 + since * HOUR, until=MONDAY_10 + until * HOUR
        )
        return found.consumption_wh

    assert await used(0, 6) == 100 * (1 + 20 + 40)
    assert await used(0, 1) == 100
    assert await used(2, 3) == 100 * 20
    assert await used(3, 6) == 100 * 40


async def test_a_closed_account_is_counted_no_more_but_what_it_used_is():
    district_id = await seed.district(now=MONDAY_10)
    home = await seed.home(district_id, now=MONDAY_10)
    await home.uses(peak_wh=500, at=MONDAY_10 + HOUR)
    await rows("update account set closed_at = $2 where id = $1", home.account_id, MONDAY_10)
    (found,) = await reporting.district_statistics(district_id)
    assert found.controlled_accounts == found.accounts_unknown == 0
    assert found.consumption_wh == 500
