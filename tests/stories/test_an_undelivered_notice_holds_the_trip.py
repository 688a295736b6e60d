"""An undelivered notice holds the trip: unknown is not delivered."""

from datetime import timedelta
from importlib import import_module

import pytest

from domain import notification
from domain.base import value


async def test_without_a_receipt_nobody_is_cut_and_a_person_is_sent(world):
    world.gateway.mode = "silent"
    home = await world.meter()
    world.report_every = timedelta(hours=6)
    await world.passes(days=4)

    assert set(world.sms.kinds_to(home)) == {"ALARM", "NOTICE"}
    assert await held_back_by(world, home) >= {"NOTICE_DELIVERED", "NOTICE_LEAD_OVER"}
    await nobody_was_cut(world, home)
    await somebody_brings_the_notice(world, home)


async def test_a_receipt_that_comes_late_starts_the_clock_of_the_notice(world):
    world.gateway.mode = "silent"
    home = await world.meter()
    await world.passes(days=1, hours=4)
    await nobody_was_cut(world, home)

    world.gateway.mode = "delivered"
    provider_id = await value("select provider_id from message where kind = 'NOTICE'")
    now = world.clock.now()
    assert await notification.record_receipt(provider_id, delivered=True, at=now, now=now)
    await world.passes(hours=23)
    await nobody_was_cut(world, home)
    await world.until(home.is_off)
    assert world.clock.now() >= now + timedelta(hours=24)


@pytest.mark.usefixtures("hasty")
async def test_a_gateway_that_is_out_of_order_is_asked_a_few_times_and_then_a_person(world):
    world.gateway.mode = "failing"
    home = await world.meter()
    await world.passes(days=2)

    assert world.sms.asked() == []
    assert "NOTICE_DELIVERED" in await held_back_by(world, home)
    await nobody_was_cut(world, home)
    await somebody_brings_the_notice(world, home)


@pytest.fixture
def hasty(monkeypatch):
    """The gateway is asked again without a pause."""
    monkeypatch.setattr(import_module("workers.jobs.send_notice"), "LONGEST_WAIT_S", 0.01)


async def held_back_by(world, home):
    shown = await world.graphql("AccountDetails", as_="operator", number=home.number)
    guards = shown["account"]["chargeControl"]["guards"]
    return {guard["name"] for guard in guards if guard["holdsTrip"]}


async def nobody_was_cut(world, home):
    assert home.supply == "ON"
    assert await home.commands() == []
    assert home.wire.commands == []


async def somebody_brings_the_notice(world, home):
    tasks = await world.graphql("MyTasks", as_="inspector", state="ASSIGNED")
    (task,) = [edge["node"] for edge in tasks["tasks"]["edges"]]
    assert (task["kind"], task["accountNumber"]) == ("DELIVER_NOTICE", home.number)
