"""Whoever watches an account is told when what they are shown has changed."""

from domain import command, metering, reporting
from domain.base import run, value
from domain.identity import Sight
from tests import seed
from tests.domain.reporting.lived_in import MONDAY_10


async def test_of_several_meters_the_one_that_is_shown_is_watched(database):
    home = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    point = await value("select usage_point_id from meter where id = $1", home.meter_id)
    second = await metering.install_meter(
        metering.NewMeter(serial="second", rated_w=20_000),
        account_id=home.account_id,
        usage_point_id=point,
        now=MONDAY_10,
    )
    await command.attach(second, account_id=home.account_id)
    before = await reporting.watch_accounts([home.account_id])
    await run(
        "update supply set output_state = 0, control_state = 0, reported_at = $2"
        " where meter_id = $1",
        home.meter_id,
        MONDAY_10,
    )
    shown = await reporting.account_by(Sight("OPERATOR", 1, None), account_id=home.account_id)
    assert shown is not None
    assert shown.supply == "OFF"
    assert await reporting.watch_accounts([home.account_id]) != before
