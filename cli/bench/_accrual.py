"""Accrual by the hundred thousand, next to what the machine needs at the very least for it."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from domain import accrual
from domain.base import row, run, value
from domain.metering import PERIODS, REGISTERS

from ._accounts import EVERY, OPENED_AT, new_readings, open_accounts, settle
from ._cost import Cost, cost_of, least, percent

Told = Callable[[str, int], None]
"""Takes the name of what is done and how many accounts are done."""

_ROUNDS = 3
_ENOUGH_S = 240  # no further round after this long
_PROVEN = 200

_USED = " + ".join(f"r.{period}_wh - s.{period}_wh" for period in PERIODS)
_FLOORS = {
    "join_and_sum": f"""
        select sum({_USED} + p.cycle_wh)
        from charge_segment s join meter_register r using (meter_id)
        join account_position p on p.account_id = s.account_id""",
    "update_balances": "update account_position set available_fen = available_fen - 1",
    "lock_accounts": """
        select count(*) from (select id from account order by id for no key update) as locked""",
    "insert_rows": f"""
        insert into bench_charge select account_id, measured_at, {", ".join(REGISTERS)}
        from meter_register""",
}
NEEDED = ("join_and_sum", "update_balances")
_UNDO = "update account_position set available_fen = available_fen + 1"
_POSITION = """
select as_of, prepaid_fen, unbilled_fen, available_fen from account_position where account_id = $1
"""
_ROWS = f"""
create table if not exists bench_charge (account_id bigint, at timestamptz,
  {", ".join(f"{name} bigint" for name in REGISTERS)})
"""


async def accrual_bench(accounts: int, *, told: Told) -> dict[str, Any]:
    """Measure new readings of every account -> every balance, and who crossed a line."""
    await open_accounts(accounts, told=lambda done: told("open accounts", done))
    costs: list[Cost] = []
    floors: dict[str, list[Cost]] = {name: [] for name in _FLOORS}
    crossed = 0
    deadline = time.monotonic() + _ENOUGH_S
    for n in range(1, _ROUNDS + 1):
        await new_readings(accounts, n=n, told=lambda done: told("new readings", done))
        for name, cost in (await _floors()).items():
            floors[name].append(cost)
        cost, crossed = await _accrued(n, told=lambda done: told("accrue", done))
        costs.append(cost)
        await _prove(accounts, n=n)
        if time.monotonic() > deadline:
            break
    return _answer(accounts, crossed, costs, floors)


async def _floors() -> dict[str, Cost]:
    """Measure each floor on the tables as the accrual will find them."""
    await run(_ROWS)
    found: dict[str, Cost] = {}
    for name, sql in _FLOORS.items():
        found[name] = await cost_of(partial(run, sql))
        await settle("account_position", "account")
    await run(_UNDO)
    await run("drop table bench_charge")
    await settle("account_position")
    return found


async def _accrued(n: int, *, told: Callable[[int], None]) -> tuple[Cost, int]:
    """Accrue all that has changed by the product's own path; count who crossed a line."""
    crossed = done = 0

    async def work() -> None:
        nonlocal crossed, done
        now = OPENED_AT + n * EVERY
        while (batch := await accrual.accrue_changed(limit=accrual.BATCH, now=now)).accounts:
            crossed += len(batch.crossed)
            done += batch.accounts
            told(done)

    return await cost_of(work), crossed


async def _prove(accounts: int, *, n: int) -> None:
    """Compare some balances with the pure path, to the fen."""
    now = OPENED_AT + n * EVERY
    assert await value("select count(*) from usage_changed") == 0
    for account_id in range(1, accounts + 1, max(1, accounts // _PROVEN)):
        position = await row(_POSITION, account_id)
        charges = await accrual.charges_to_date(account_id)
        assert position is not None
        assert charges is not None
        assert position["as_of"] == now
        assert position["unbilled_fen"] == charges.total_fen
        assert position["available_fen"] == position["prepaid_fen"] - charges.total_fen


def _answer(
    accounts: int, crossed: int, costs: list[Cost], floors: dict[str, list[Cost]]
) -> dict[str, Any]:
    best, floor = least(costs), {name: least(found) for name, found in floors.items()}
    needed = [floor[name] for name in NEEDED]
    cpu = [cost.cpu_us for cost in needed if cost.cpu_us is not None]
    cpu_us = sum(cpu) if len(cpu) == len(needed) else None
    return {
        "name": "accrual",
        "accounts": accounts,
        "rounds": len(costs),
        "batch": accrual.BATCH,
        "crossed": crossed,
        "accrual": best.told(),
        "floors": {name: cost.told() for name, cost in floor.items()},
        "floors_needed": list(NEEDED),
        "wall_percent_of_floors": percent(best.wall_us, sum(cost.wall_us for cost in needed)),
        "cpu_percent_of_floors": percent(best.cpu_us, cpu_us),
        "wall_ns_per_account": best.wall_us * 1_000 // accounts,
    }
