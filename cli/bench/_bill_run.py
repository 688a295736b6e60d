"""A bill run over everybody, next to the bare inserts and updates of the same rows."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from domain import accrual, billing
from domain.base import run, transaction, value
from runtime import memory

from ._accounts import OPENED_AT, UNCHECKED, new_readings, open_accounts, settle
from ._cost import Cost, cost_of, least, percent

Told = Callable[[str, int], None]
"""Takes the name of what is done and how many are done."""

_HOURS = (30 * 24, 60 * 24)  # the first of April and of May: the second run finds earlier bills
_MONTH_OF_USE = 200
_PROVEN = 100
_TABLES = (
    *("bill", "bill_line", "ledger_transfer", "ledger_account", "charge_segment"),
    *("account_position", "usage_changed", "account"),
)

# The rows of the run once more, into the same tables with their keys, and taken back.
_FLOORS = {
    "insert_bills": """
        insert into bill select account_id, nextval('bill_id'), kind, state, first_day + 7305,
          until + 7305, total_fen, energy_wh, estimated, reasons, basis, created_at, issued_at,
          original_id, why
        from bill where created_at = $1""",
    "insert_lines": """
        insert into bill_line select l.account_id, -l.bill_id, n, part, line, l.kind, unit,
          quantity, price, period, tier, share, amount_fen
        from bill_line l join bill b on b.account_id = l.account_id and b.id = l.bill_id
        where b.created_at = $1""",
    "insert_transfers": """
        insert into ledger_transfer
          (transaction_id, account_id, debit_id, credit_id, amount_fen, kind, source, at)
        select transaction_id, account_id, debit_id, credit_id, amount_fen, kind, '-' || source, at
        from ledger_transfer where at = $1""",
    "update_balances": """
        update ledger_account set balance_fen = balance_fen - 1
        where kind = 'PREPAID' and $1::timestamptz is not null""",
    "update_segments": """
        update charge_segment set total_wh = total_wh + 1 where $1::timestamptz is not null""",
    "update_positions": """
        update account_position set closed_fen = closed_fen + 1
        where $1::timestamptz is not null""",
}


class _TakenBack(Exception):
    """What was done to be measured is not to stay."""


async def bill_run_bench(accounts: int, *, told: Told) -> dict[str, Any]:
    """Measure periods that have ended -> bills with their lines, postings and moved accounts."""
    memory.collect_seldom()  # as the worker does
    await open_accounts(accounts, told=lambda done: told("open accounts", done))
    costs: list[Cost] = []
    floors: list[dict[str, Cost]] = []
    for n in _HOURS:
        await new_readings(
            accounts, n=n, times=_MONTH_OF_USE, told=lambda done: told("new readings", done)
        )
        now = OPENED_AT + n * timedelta(hours=1)
        while (await accrual.accrue_changed(limit=accrual.BATCH, now=now)).accounts:
            pass
        await settle(*_TABLES)
        costs.append(await _billed(accounts, now, told=lambda done: told("bill", done)))
        await settle(*_TABLES)
        floors.append({name: await _floor(sql, now) for name, sql in _FLOORS.items()})
        await _prove(accounts)
    return await _answer(accounts, costs, floors)


async def _billed(accounts: int, now: datetime, *, told: Callable[[int], None]) -> Cost:
    """Bill everybody by the product's own path."""
    found = billing.Progress()

    async def work() -> None:
        nonlocal found
        found = await billing.run_bills(now=now, progress=lambda done: told(done.accounts))

    cost = await cost_of(work)
    assert (found.issued, found.held) == (accounts, 0), found
    return cost


async def _floor(sql: str, now: datetime) -> Cost:
    cost: Cost | None = None
    with suppress(_TakenBack):
        async with transaction():
            if sql.lstrip().startswith("update"):
                await run(UNCHECKED)  # bare: without the memos that triggers keep of segments
            cost = await cost_of(lambda: run(sql, now))
            raise _TakenBack
    await settle(*_TABLES)
    assert cost is not None
    return cost


async def _prove(accounts: int) -> None:
    """Compare some bills with what their own registers come to by the pure path."""
    step = max(1, accounts // _PROVEN)
    for account_id in range(1, accounts + 1, step):
        for bill in await billing.bills_of(account_id, limit=2):
            assert (await billing.recompute(bill.id)).is_same


async def _answer(
    accounts: int, costs: list[Cost], floors: list[dict[str, Cost]]
) -> dict[str, Any]:
    best = least(costs)
    floor = {name: least([each[name] for each in floors]) for name in _FLOORS}
    cpu = [cost.cpu_us for cost in floor.values() if cost.cpu_us is not None]
    return {
        "name": "bill-run",
        "accounts": accounts,
        "rounds": len(costs),
        "bills": await value("select count(*) from bill") // len(costs),
        "lines": await value("select count(*) from bill_line") // len(costs),
        "transfers": await value("select count(*) from ledger_transfer") // len(costs),
        "bill_run": best.told(),
        "floors": {name: cost.told() for name, cost in floor.items()},
        "wall_percent_of_floors": percent(
            best.wall_us, sum(cost.wall_us for cost in floor.values())
        ),
        "cpu_percent_of_floors": percent(best.cpu_us, sum(cpu) if len(cpu) == len(floor) else None),
        "wall_us_per_bill": best.wall_us // accounts,
    }
