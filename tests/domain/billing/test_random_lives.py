"""Whatever happens to an account and its meters, in whatever order: each Wh is charged once."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter

import pytest

from domain import accrual, billing, field_service, metering, reporting
from domain.base import Actor
from domain.metering import NewMeter, Reading
from tests import seed

from .homes import EASY, OPENED, SHANGHAI, Home, at, document, home, later, publish, tiers

CLERK = Actor("OPERATOR", 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPAN = ["300", "900"]


class Life:
    """A home with its present meter; `used_wh` is what all of its meters have let through."""

    def __init__(self, one: Home, opened: datetime, chance: random.Random) -> None:
        self.one, self.now, self.chance = one, opened, chance
        self.meter_id, self.shown_wh, self.ratio = one.seeded.meter_id, 0, 1
        self.used_wh = self.n = 0
        self.late: list[Reading] = []

    def reading(self) -> Reading:
        self.n += 1
        return Reading(self.meter_id, self.n, self.now, self.shown_wh, (0, self.shown_wh, 0, 0, 0))

    @property
    def shown(self) -> metering.Registers:
        return (self.shown_wh, 0, self.shown_wh, 0, 0, 0)

    async def live_on(self) -> None:
        """Use energy up to a moment to come: most often a midnight, sometimes after weeks."""
        step = self.chance.choice([DAY] * 12 + [7 * HOUR, 3 * DAY, 12 * DAY, 23 * DAY])
        then = self.now + step
        if self.chance.random() < 0.8:
            then = at(later(self.now.astimezone(SHANGHAI).date(), max(1, step // DAY)))
        hourly_wh = 300 if step < 5 * DAY else 20  # away for long, little is used
        used_wh = self.chance.randrange(hourly_wh * ((then - self.now) // HOUR) + 1)
        self.now, self.shown_wh = then, self.shown_wh + used_wh
        self.used_wh += used_wh * self.ratio

    async def happen(self) -> None:
        """Let the meter be read now, later or never, be exchanged, or get another ratio."""
        what = self.chance.random()
        if what < 0.04:
            await self.exchange()
        elif what < 0.08:
            self.ratio = self.chance.choice([k for k in (1, 2, 3) if k != self.ratio])
            named = {"ct": f"{self.ratio}/1", "pt": "1", "shown": self.shown}
            await field_service.change_ratio(self.meter_id, **named, actor=CLERK, now=self.now)
        elif what < 0.2:
            self.late.append(self.reading())
        elif what < 0.95:
            await metering.record([self.reading()], now=self.now)
        if self.chance.random() < 0.2:
            await self.deliver()

    async def exchange(self) -> None:
        if self.chance.random() < 0.5:
            await metering.record([self.reading()], now=self.now)  # at the very same instant
        opening, ratio = self.chance.choice([0, 500]), self.chance.choice([1, 2])
        serial, registers = f"X{self.now:%m%d%H}", (opening, 0, opening, 0, 0, 0)
        new = NewMeter(serial, rated_w=40_000, opening=registers, ct=f"{ratio}/1")
        self.meter_id = await field_service.exchange_meter(
            self.meter_id, new, removal=self.shown, actor=CLERK, now=self.now
        )
        self.shown_wh, self.ratio, self.n = opening, ratio, 0

    async def deliver(self) -> None:
        """Bring what was late, in any order."""
        self.chance.shuffle(self.late)
        outcomes = await metering.record(self.late, now=self.now)
        assert {*outcomes} <= {"ACCEPTED", "DUPLICATE"}
        self.late = []

    async def settle(self) -> None:
        """Do what the house does by itself, and let out what it holds."""
        await metering.plan_rounds(now=self.now)
        while await metering.look_over(off=_nobody, limit=10, now=self.now):
            pass
        while (await accrual.accrue_changed(limit=10, now=self.now)).accounts:
            pass
        await billing.correct_measured(limit=10, now=self.now)
        await billing.run_bills(now=self.now, checks=EASY)
        for each in await billing.held_bills(limit=10):
            await billing.release(each.id, why="seen", actor=CLERK, now=self.now)

    async def bills(self) -> list[dict]:
        found = [each for each in await self.one.bills() if each["kind"] == "BILL"]
        issued = [each for each in found if each["state"] == "ISSUED"]
        return sorted(issued, key=itemgetter("first_day"))

    async def check(self) -> None:
        bills, position = await self.bills(), await self.one.position()
        assert all(a["until"] == b["first_day"] for a, b in pairwise(bills))
        assert sum(each["energy_wh"] for each in bills) + position["unbilled_wh"] == self.used_wh
        assert [each for each in await reporting.verify() if each.breaches] == []
        for each in await self.one.bills():
            assert (await billing.recompute(each["id"])).is_same


async def _nobody(meter_ids: Collection[int]) -> Collection[int]:
    return []


@pytest.mark.parametrize("number", range(2))
async def test_every_wh_is_charged_once_and_explained_alike(database, number):
    chance = random.Random(number)
    await publish(
        document("t", tiers(12, SPAN, ["0.50", "0.60", "0.90"]), valid_to="2026-02-11"),
        document(
            "t", tiers(12, SPAN, ["0.52", "0.61", "0.93"]), version="2", valid_from="2026-02-11"
        ),
    )
    opened = at("2026-01-05", chance.choice([0, 10, 23]))
    district_id = await seed.district(now=OPENED)
    one = await home(district_id, code="t", fen=10**8, now=opened)
    life = Life(one, opened, chance)
    while life.now < at("2026-05-03"):
        await life.live_on()
        await life.happen()
        await life.settle()
    life.now += HOUR
    life.late.append(life.reading())
    await life.deliver()
    await life.settle()
    await life.check()
    # All of it once more: what is right by now is what the account is told elsewhere.
    first = (await life.bills())[0]["first_day"]
    again = {"since": first, "why": "once more", "actor": CLERK, "now": life.now}
    await billing.correct(one.account_id, **again)
    await life.check()
    assert (await billing.correct(one.account_id, **again)).replacement_ids == ()
    for each in await life.bills():
        days = {"first_day": each["first_day"], "until": each["until"]}
        rated = await billing.what_if(one.account_id, "t", **days)
        assert (rated.energy_wh, rated.total_fen) == (each["energy_wh"], each["total_fen"])
    told = await reporting.list_usage(
        one.account_id, step="month", since=at("2026-01-01"), until=life.now, zone="Asia/Shanghai"
    )
    assert sum(each.energy_wh for each in told) == life.used_wh
    assert (await billing.forecast(one.account_id)).as_of == life.now
