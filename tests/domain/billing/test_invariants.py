"""What must hold of bills on live data: it holds, and where it is broken it is found."""

from datetime import date

import pytest

from domain import billing, reporting
from domain.base import Actor, run
from tests import seed

from .homes import OPENED, Home, at, bill, home


async def broken() -> set[str]:
    return {each.sentence for each in await reporting.verify() if each.breaches}


@pytest.fixture
async def corrected(database) -> Home:
    one = await home(await seed.district(now=OPENED), fen=10_000)
    for k, day in enumerate(("2026-02-01", "2026-03-01", "2026-04-01"), 1):
        await one.read(at(day), peak_wh=100_000 * k)
    await bill("2026-04-01")
    await run(
        "update reading set total_wh = total_wh - 1000, peak_wh = peak_wh - 1000"
        " where measured_at = $1",
        at("2026-03-01"),
    )
    await billing.correct(
        one.account_id,
        since=date(2026, 1, 1),
        why="misread",
        actor=Actor("OPERATOR", 1),
        now=at("2026-04-02"),
    )
    return one


async def test_bills_and_their_corrections_keep_every_invariant(corrected):
    assert await broken() == set()


@pytest.mark.parametrize(
    ("table", "sql", "sentence"),
    [
        (
            "bill",
            (
                "update bill set until = until + 1, first_day = first_day + 1"
                " where state = 'ISSUED' and first_day = '2026-03-01'"
            ),
            "every bill begins where the one before it ended",
        ),
        (
            "bill_line",
            "update bill_line set amount_fen = amount_fen + 1",
            "every bill is the sum of its lines, and so it was posted",
        ),
        (
            "ledger_transfer",
            "delete from ledger_transfer where source = 'bill:1' and kind = 'BILL'",
            "every bill is the sum of its lines, and so it was posted",
        ),
    ],
)
async def test_each_check_finds_its_breach(corrected, table, sql, sentence):
    await run(f"alter table {table} disable trigger user")
    await run(sql)
    assert sentence in await broken()
