"""A night's accrual for everybody, next to what the machine needs at the very least for it.

The floors are statements over the rows that the accrual reads and writes, in the tables as it finds
them, in the same session: `join_and_sum` (bases, registers and positions, all of them, every number
that a charge is made of), `update_balances` (one column of every position, HOT as that of the
accrual is). `insert_rows` (as many rows with six registers, no index) is shown beside them: the
accrual inserts nothing. Each floor is one statement with as much memory as it likes, and commits
once; the accrual's own transactions are all on disk when its time is taken. A night is compared
with the floors of the same minute, and the middle one of some nights counts: machines change their
speed.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from domain import accrual
from domain.base import row, rows, run, value
from domain.metering import PERIODS, REGISTERS

from ._accounts import EVERY, OPENED_AT, new_readings, open_accounts, settle
from ._cost import Cost, cost_of, least, middle, percent

Told = Callable[[str, int], None]
"""Takes the name of what is done and how many accounts are done."""

_SMALL = 100_000
"""What an account costs among many is compared with what it costs among so few."""

_ROUNDS_OF_FEW, _ROUNDS = 9, 5
_ENOUGH_S = 150  # no further round after this long
_NIGHT = 24  # readings come once in so many hours
_PROVEN = 200
_NS = 1_000

_USED = " + ".join(f"r.{period}_wh * b.ratio + b.{period}_wh" for period in PERIODS)
_FLOORS = {
    "join_and_sum": f"""
        select sum({_USED} + b.cycle_wh + p.prepaid_fen)
        from charge_basis b
        join meter_register r on r.account_id = b.account_id and r.meter_id = b.meter_id
        join account_position p on p.account_id = b.account_id""",
    "update_balances": "update account_position set available_fen = available_fen - 1",
    "insert_rows": f"""
        insert into bench_charge select account_id, measured_at, {", ".join(REGISTERS)}
        from meter_register""",
}
NEEDED = ("join_and_sum", "update_balances")
_ROWS = f"""
create table bench_charge (account_id bigint, at timestamptz,
  {", ".join(f"{name} bigint" for name in REGISTERS)})
"""
_POSITION = """
select as_of, prepaid_fen, unbilled_fen, available_fen from account_position where account_id = $1
"""
_WRITTEN = ("account_position", "usage_changed")
"""The tables that the accrual writes: every index of theirs has to be of use to it."""

_INDEXES = """
select indexrelname as name, idx_scan as scans from pg_stat_user_indexes
where relname = any($1) and pg_stat_clear_snapshot() is not null
"""
# What was committed without waiting is on disk when this is, which waits.
_ON_DISK = "update account_position set late_fee_fen = late_fee_fen where account_id = 1"


@dataclass(slots=True)
class _Measured:
    """Rounds of some accounts: what accrual and floors cost, and how many crossed a line."""

    accounts: int
    costs: list[Cost] = field(default_factory=list)
    floors: dict[str, list[Cost]] = field(default_factory=lambda: {name: [] for name in _FLOORS})
    crossed: int = 0
    unused: list[str] = field(default_factory=list)

    @property
    def ns_per_account(self) -> int | None:
        cpu_us = _least_cpu_us(self.costs)
        return None if cpu_us is None else cpu_us * _NS // self.accounts


async def accrual_bench(accounts: int, *, told: Told) -> dict[str, Any]:
    """Measure new readings of every account -> every balance, and who crossed a line."""
    small = min(accounts, _SMALL)
    await open_accounts(small, told=lambda done: told("open accounts", done))
    measured = few = await _measured(small, nights=range(1, 2 + _ROUNDS_OF_FEW), told=told)
    if accounts > small:
        await open_accounts(accounts, after=small, told=lambda done: told("open accounts", done))
        nights = range(2 + _ROUNDS_OF_FEW, 3 + _ROUNDS_OF_FEW + _ROUNDS)
        measured = await _measured(accounts, nights=nights, told=told)
    return _answer(measured, few)


async def _measured(accounts: int, *, nights: range, told: Told) -> _Measured:
    """Measure some nights; in the first one accounts are noted that were opened before it."""
    found = _Measured(accounts)
    deadline = 0
    for night in nights:
        n = night * _NIGHT
        await new_readings(
            accounts, n=n, told=lambda done: told("new readings", done), archived=False
        )
        if night > nights.start:
            for name, cost in (await _floors(told)).items():
                found.floors[name].append(cost)
        before = await _scans()
        cost, found.crossed = await _accrued(n, told=lambda done: told("accrue", done))
        after = await _scans()
        found.unused = sorted(name for name in after if after[name] == before.get(name, 0))
        if night > nights.start:
            found.costs.append(cost)
        await _prove(accounts, n=n)
        await settle("charge_basis")
        deadline = deadline or time.monotonic_ns() + _ENOUGH_S * _NS**3
        if time.monotonic_ns() > deadline:
            break
    return found


async def _scans() -> dict[str, int]:
    """Return how often each index was asked so far."""
    await run("select pg_stat_force_next_flush()")
    return {each["name"]: each["scans"] for each in await rows(_INDEXES, list(_WRITTEN))}


async def _floors(told: Told) -> dict[str, Cost]:
    """Measure each floor on the tables as the accrual will find them."""
    await run(_ROWS)
    await run("set work_mem = '1GB'")
    found: dict[str, Cost] = {}
    for k, (name, sql) in enumerate(_FLOORS.items()):
        told(name, k)
        found[name] = await cost_of(partial(run, sql))
        await settle("account_position")
    await run("reset work_mem")
    await run("drop table bench_charge")
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
        await run(_ON_DISK)

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


def _answer(measured: _Measured, few: _Measured) -> dict[str, Any]:
    nights = list(_nights(measured))
    wall = middle([wall for wall, _ in nights])
    cpu = middle([cpu for _, cpu in nights if cpu is not None]) if nights[0][1] else None
    return {
        "name": "accrual",
        "accounts": measured.accounts,
        "rounds": len(measured.costs),
        "batch": accrual.BATCH,
        "crossed": measured.crossed,
        "indexes_written_and_unused": measured.unused,
        "accrual": least(measured.costs).told(),
        "floors": {name: least(found).told() for name, found in measured.floors.items()},
        "floors_needed": list(NEEDED),
        "wall_percent_of_floors": wall,
        "cpu_percent_of_floors": cpu,
        "percent_of_floors": max(filter(None, (wall, cpu))),
        "wall_percent_of_floors_of_nights": [wall for wall, _ in nights],
        "cpu_percent_of_floors_of_nights": [cpu for _, cpu in nights],
        "wall_ns_per_account": least(measured.costs).wall_us * _NS // measured.accounts,
        "cpu_ns_per_account": measured.ns_per_account,
        "cpu_percent_of_an_account_among_100000": percent(
            measured.ns_per_account, few.ns_per_account
        ),
    }


def _nights(measured: _Measured) -> Iterator[tuple[int, int | None]]:
    """Return each night's wall and CPU in percent of the floors that were measured just before."""
    for k, cost in enumerate(measured.costs):
        floors = [measured.floors[name][k] for name in NEEDED]
        cpus = [floor.cpu_us for floor in floors]
        cpu_us = None if None in cpus else sum(filter(None, cpus))
        wall = percent(cost.wall_us, sum(floor.wall_us for floor in floors))
        yield wall or 0, percent(cost.cpu_us, cpu_us)


def _least_cpu_us(costs: list[Cost]) -> int | None:
    """Return the least CPU of all rounds: what else ran on the machine only ever adds to it."""
    return min((cost.cpu_us for cost in costs if cost.cpu_us is not None), default=None)
