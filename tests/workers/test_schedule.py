"""What the schedule does by itself, without anybody asking."""

from domain import billing
from tests import seed
from tests.domain.billing.homes import OPENED, at, bill, home, record
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
