"""What the schedule does by itself, without anybody asking."""

import pytest
from structlog.testing import capture_logs
from tortoise.exceptions import OperationalError

from domain import billing, charge_control, metering, notification
from domain.base import rows, run, value
from tests import seed
from tests.domain.billing.homes import OPENED, at, bill, home, record
from tests.domain.billing.test_run_bills import put_fault
from workers import schedule


async def test_what_was_read_after_a_bill_corrects_it_by_itself(database):
    """January ends between readings of 290 and 310 kWh; what comes late says 306."""
    one = await home(await seed.district(now=OPENED), fen=1_000_000)
    for day, kwh in (("2026-01-31", 290), ("2026-02-02", 310)):
        await one.read(at(day), peak_wh=kwh * 1_000)
    await bill("2026-02-02")
    await record([one.reading(at("2026-02-01"), peak_wh=306_000)], now=at("2026-02-03"))
    for _ in range(2):
        await schedule.correct_turn(now=at("2026-02-03"))
    found = await billing.bills_of(one.account_id, limit=5)
    assert sorted((each.kind, each.state, each.energy_wh) for each in found) == [
        ("BILL", "ISSUED", 306_000),
        ("BILL", "REVERSED", 300_000),
        ("REVERSAL", "ISSUED", -300_000),
    ]


async def test_a_sweep_that_fails_holds_up_no_other(database):
    """An account whose strategy is gone cannot be reviewed; the morning's messages leave anyhow."""
    one = await home(await seed.district(now=OPENED), fen=1_000)
    night, morning = at("2026-01-01", 23), at("2026-01-02", 9)
    params = {"available_fen": 1_000}
    await notification.queue(
        "ALARM", account_id=one.account_id, params=params, key="alarm", now=night
    )
    await run("update account set strategy = 'nowhere'")
    await run("update control set review_at = $1", night)
    with pytest.RaisesGroup(pytest.RaisesGroup(charge_control.StrategyInvalid)):
        await schedule.sweep(now=morning)
    assert await value("select due_at from message where key = 'alarm'") is None
    assert await rows("select id from outbox where topic = 'message.queued'")


async def test_a_sweep_that_does_not_end_leaves_the_rest_to_the_next_turn(database, monkeypatch):
    """A million bills that wait for the morning hold up no command that runs out."""
    one = await home(await seed.district(now=OPENED), fen=10_000)
    night, morning = at("2026-01-01", 23), at("2026-01-02", 9)
    for key in ("one", "other"):
        await notification.queue(
            "ALARM",
            account_id=one.account_id,
            params={"available_fen": 1_000},
            key=key,
            now=night,
        )
    monkeypatch.setattr(schedule, "AT_ONCE", 1)
    for left in (1, 0):
        await schedule.sweep(now=morning, turn_s=0)
        assert await value("select count(*) from message where due_at is not null") == left


async def test_a_chore_that_fails_holds_up_no_other(database):
    await seed.district(now=OPENED)
    await run("alter table channel_nonce rename to elsewhere")
    with pytest.RaisesGroup(OperationalError):
        await schedule.chores(now=OPENED)
    assert await metering.next_round_at() is not None


def test_what_the_sweeps_meet_again_and_again_is_told_once_a_minute(monkeypatch):
    told, other = schedule.Told(), ValueError("other")
    with capture_logs() as logs:
        for outage in (ValueError("one"), ValueError("one"), other, other):
            told = schedule.tell(outage, told)
        monkeypatch.setattr(schedule, "TOLD_AGAIN_S", 0)
        schedule.tell(other, told)
    assert [each["error"] for each in logs] == [repr(ValueError("one")), repr(other), repr(other)]


async def test_a_bill_run_that_faults_have_ended_goes_on_behind_them(database):
    district_id = await seed.district(now=OPENED)
    homes = [await home(district_id, fen=10_000) for _ in range(23)]
    for one in homes:
        await one.read(at("2026-02-01"), peak_wh=100_000)
    await put_fault(homes[:-1])
    run_id, turn = None, {"now": at("2026-02-01"), "turn_s": 60}
    for is_done in (False, True):
        done = await schedule.bill_turn(run_id, **turn)
        assert done.is_done is is_done
        run_id = done.run_id
    assert (done.accounts, done.issued, done.reasons) == (23, 1, (("FAULT", 22),))
    assert len(await homes[-1].bills()) == 1
    assert await value("select count(*) from bill_run") == 1
