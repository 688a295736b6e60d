"""Three hundred real homes over 92 days, each under three tariffs: what is charged is what their
meters counted, however the readings come.
"""

import csv
import gzip
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest

from domain import accrual, billing
from domain.base import Actor, rows, value

from .crowd import OPENED, Member, charged, crowd, said
from .homes import EASY, record

_FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "edrp_hh_dev.csv.gz"
pytestmark = pytest.mark.skipif(not _FILE.exists(), reason=f"the real homes are not here: {_FILE}")
DAYS = 92
TARIFFS = ("zhejiang-residential-tou", "guangdong-residential", "uk-domestic-standing-charge")

Standing = tuple[int, int]
"""Registers of a home in Wh: by day from 8 to 22 o'clock, and by night."""


def standings() -> Iterator[list[Standing]]:
    """Yield the registers of one home after another, at the end of each of its days.

    The days of 2009 are moved to 2026, in which our tariffs hold.
    """
    with gzip.open(_FILE, "rt") as file:
        next(file)
        for _, half_hours in groupby(csv.reader(file), itemgetter(0)):
            peak = valley = 0
            found: list[Standing] = []
            for k, (_, start, energy) in enumerate(half_hours, 1):
                if "08" <= start[11:13] < "22":
                    peak += int(energy)
                else:
                    valley += int(energy)
                if k % 48 == 0:
                    found.append((peak // 10, valley // 10))
            yield found


@pytest.fixture(scope="module")
def homes() -> list[list[Standing]]:
    return list(standings())


def midnight(day: int) -> datetime:
    """Return the end of a day, counted from 0."""
    return OPENED + timedelta(days=day + 1)


async def test_charged_energy_is_register_end_less_start_and_days_add_up_to_bills(database, homes):
    members = await crowd(len(homes) * len(TARIFFS), TARIFFS)
    grown = dict.fromkeys((one.id for one in members), 0)
    before = await charged()
    for day in range(DAYS):
        at = midnight(day)
        await record(
            [one.reading(day, at, *homes[k // len(TARIFFS)][day]) for k, one in enumerate(members)],
            now=at,
        )
        now = await charged()
        for account_id, (fen, _) in now.items():
            grown[account_id] += fen - before[account_id][0]
        before = now
        if (at + timedelta(hours=8)).day == 1:
            done = await billing.run_bills(now=at + timedelta(days=1), checks=EASY)
            assert (done.issued, done.held) == (len(members), 0)
            assert await charged() == now
    bills = {
        each["account_id"]: (each["bills"], each["fen"])
        for each in await rows(
            """select account_id, count(*) as bills, sum(total_fen)::bigint as fen from bill
               where state = 'ISSUED' and not estimated group by account_id"""
        )
    }
    open_fen = await rows("select account_id, unbilled_fen as fen from account_position")
    unbilled = {each["account_id"]: each["fen"] for each in open_fen}
    for k, one in enumerate(members):
        count, fen = bills[one.id]
        assert count == 3
        assert fen + unbilled[one.id] == grown[one.id]
        assert before[one.id][1] == sum(homes[k // len(TARIFFS)][-1])
    assert not await rows(
        """select b.id from bill b where total_fen <> (select coalesce(sum(amount_fen), 0)
             from bill_line l where l.account_id = b.account_id and l.bill_id = b.id)"""
    )


async def test_late_and_shuffled_arrival_gives_the_same_bills(database, homes):
    """Ten homes thrice under each tariff: in order, shuffled, and with days that come too late."""
    sample, kinds = 10, 3
    members = await crowd(sample * kinds * len(TARIFFS), TARIFFS)
    arriving: list[list[tuple[Member, int]]] = [[], [], []]
    late: list[tuple[Member, int]] = []
    chance = random.Random(5)
    for k, one in enumerate(members):
        kind = k // len(TARIFFS) % kinds
        for day in range(DAYS):
            is_late = kind == 2 and chance.random() < 0.2
            (late if is_late else arriving[kind]).append((one, day))
    chance.shuffle(arriving[1])

    async def arrive(which: list[tuple[Member, int]], now: datetime) -> None:
        readings = [
            one.reading(day, midnight(day), *homes[(one.id - 1) // (len(TARIFFS) * kinds)][day])
            for one, day in which
        ]
        for first in range(0, len(readings), 700):
            await record(readings[first : first + 700], now=now)

    end = midnight(DAYS)
    for which in arriving:
        await arrive(which, end)
    await billing.run_bills(now=end, checks=EASY)
    await arrive(late, end + timedelta(hours=1))
    for one in {one.id: one for one, _ in late}.values():
        await billing.correct(
            one.id,
            since=(OPENED + timedelta(hours=8)).date(),
            why="late readings",
            actor=Actor("OPERATOR", 1),
            now=end + timedelta(hours=2),
        )
    while (await accrual.accrue_changed(limit=1_000, now=end)).accounts:
        pass
    bills, owed = await said(members), await charged()
    per_home = len(TARIFFS) * kinds
    for start in range(0, len(members), per_home):
        for offset in range(len(TARIFFS)):
            same = [members[start + offset + k * len(TARIFFS)].id for k in range(kinds)]
            assert bills[same[0]]
            assert bills[same[0]] == bills[same[1]] == bills[same[2]]
            assert owed[same[0]] == owed[same[1]] == owed[same[2]]
    assert await value("select count(*) from bill where kind = 'REVERSAL'") > 0
