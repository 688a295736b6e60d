"""However and whenever readings arrive, the bills come out the same."""

import asyncio
import random
from datetime import date, timedelta

import pytest

from domain import billing
from domain.base import Actor, rows, value
from domain.metering import Reading
from tests import seed

from .homes import OPENED, Home, at, bill, document, home, publish, record, tiers

CLERK = Actor("OPERATOR", 1)
JANUARY = date(2026, 1, 1)


@pytest.fixture
async def district_id(database) -> int:
    found = await seed.district(now=OPENED)
    await publish(document("year", tiers(12, ["300", "500"], ["0.51", "0.57", "0.83"])))
    return found


def story(one: Home, seed_number: int) -> list[Reading]:
    """Return ninety daily readings of a home that uses up to 20 kWh a day."""
    chance = random.Random(seed_number)
    peak = valley = 0
    found = []
    for day in range(1, 91):
        peak += chance.randrange(0, 13_337)
        valley += chance.randrange(1, 7_001)
        found.append(one.reading(at(JANUARY + timedelta(days=day)), peak_wh=peak, valley_wh=valley))
    return found


async def said(one: Home) -> list[tuple]:
    """Return the standing bills with their lines, without their numbers."""
    found = await rows(
        """select b.first_day, b.until, b.total_fen, b.energy_wh, l.n, l.line, l.tier, l.quantity,
             l.price, l.amount_fen
           from bill b join bill_line l on l.account_id = b.account_id and l.bill_id = b.id
           where b.account_id = $1 and b.kind = 'BILL' and b.state = 'ISSUED'
           order by b.first_day, l.n""",
        one.account_id,
    )
    return [tuple(each.values()) for each in found]


async def test_shuffled_and_batched_arrival_gives_the_same_bills(district_id):
    homes = [await home(district_id, code="year", fen=100_000) for _ in range(4)]
    for k, one in enumerate(homes):
        arriving = story(one, 7)
        if k:
            random.Random(k).shuffle(arriving)
        for first in range(0, 90, 17 + k):
            await record(arriving[first : first + 17 + k], now=at("2026-04-01"))
    done = await bill("2026-04-01")
    assert (done.issued, done.held) == (12, 0)
    first, *others = [await said(one) for one in homes]
    assert all(other == first for other in others)


@pytest.mark.parametrize("late_days", [{30, 31}, {25, 31, 32, 59}, set(range(20, 40))])
async def test_what_arrives_after_its_bill_gives_the_same_bills_by_correction(
    district_id, late_days
):
    prompt, late = [await home(district_id, code="year", fen=100_000) for _ in range(2)]
    await record(story(prompt, 3), now=at("2026-04-01"))
    arriving = story(late, 3)
    await record(
        [each for k, each in enumerate(arriving, 1) if k not in late_days], now=at("2026-04-01")
    )
    await bill("2026-04-01")
    assert await said(late) != await said(prompt)
    await record(
        [each for k, each in enumerate(arriving, 1) if k in late_days], now=at("2026-04-02")
    )
    await billing.correct(
        late.account_id, since=JANUARY, why="late readings", actor=CLERK, now=at("2026-04-02")
    )
    assert await said(late) == await said(prompt)
    position, other = await late.position(), await prompt.position()
    for name in ("available_fen", "billed_fen", "unbilled_fen", "cycle_wh", "prepaid_fen"):
        assert position[name] == other[name], name


async def test_runs_side_by_side_and_runs_cut_off_bill_everybody_once(district_id):
    homes = [await home(district_id, code="year", fen=10_000) for _ in range(12)]
    for k, one in enumerate(homes):
        await record(story(one, k), now=at("2026-04-01"))

    class CutOff(Exception):
        pass

    def stop(progress: billing.Progress) -> None:
        if progress.accounts >= 4:
            raise CutOff

    with pytest.raises(CutOff):
        await bill("2026-04-01", batch=2, progress=stop)
    assert await value("select count(*) from bill") == 12
    await asyncio.gather(*(bill("2026-04-01", batch=size) for size in (1, 3, 5)))
    assert await value("select count(*) from bill") == 36
    assert await value("select count(distinct (account_id, first_day)) from bill") == 36
    posted = await value("select sum(amount_fen)::bigint from ledger_transfer where kind = 'BILL'")
    assert posted == await value("select sum(total_fen)::bigint from bill")
    (cut, *_) = await rows("select * from bill_run order by id")
    assert (cut["accounts"], cut["ended_at"]) == (4, None)


async def test_a_run_that_is_stopped_goes_on_where_it_stopped_and_counts_once(district_id):
    homes = [await home(district_id, fen=10_000) for _ in range(7)]
    for one in homes:
        await one.read(at("2026-02-01"), peak_wh=100_000)
    first = await bill("2026-02-01", batch=2, progress=lambda _: False)
    assert (first.accounts, first.issued, first.is_done) == (2, 2, False)
    stopped = (await billing.runs_of(limit=5))[0]
    assert (stopped.issued, stopped.ended_at) == (2, None)
    now = at("2026-02-01", 2)
    done = await billing.continue_run(first.run_id, now=now, batch=2)
    assert (done.accounts, done.issued, done.is_done) == (7, 7, True)
    assert await billing.continue_run(first.run_id, now=now) == done
    (run,) = await billing.runs_of(limit=5)
    assert (run.accounts, run.issued, run.total_fen) == (7, 7, done.total_fen)
    assert run.ended_at == now


async def test_two_that_go_on_with_one_run_bill_and_count_everybody_once(district_id):
    homes = [await home(district_id, fen=10_000) for _ in range(12)]
    for one in homes:
        await one.read(at("2026-02-01"), peak_wh=100_000)
    first = await bill("2026-02-01", batch=1, progress=lambda _: False)
    now = at("2026-02-01", 2)
    await asyncio.gather(*(billing.continue_run(first.run_id, now=now, batch=2) for _ in range(3)))
    while not (await billing.continue_run(first.run_id, now=now, batch=2)).is_done:
        pass
    (run,) = await billing.runs_of(limit=5)
    assert (run.accounts, run.issued) == (12, 12)
    assert await value("select count(*) from bill") == 12
