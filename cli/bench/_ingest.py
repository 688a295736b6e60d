"""Readings made durable, next to a bare COPY of as many rows alike into the same table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain import metering
from domain.base import copy, run, transaction, value
from domain.metering import REGISTERS, Outcome, Reading

from ._accounts import OPENED_AT, open_accounts, settle
from ._cost import Cost, cost_of

Told = Callable[[str, int], None]
"""Takes the name of what is done and how many are done."""

_DAY = timedelta(days=1)
_COLUMNS = ("meter_id", "measured_at", "n", *REGISTERS, "estimated")
_OPENING = f"""
insert into reading (meter_id, measured_at, n, {", ".join(REGISTERS)})
select meter_id, measured_at, last_n, {", ".join(REGISTERS)} from meter_register
"""
_ROUNDS = 3
_PER_ACCOUNT = 5  # readings in a round, for each account
_AGAIN = 40  # one telegram of so many comes twice, and as many of the day before once more
_DAILY_WH = 9_600
_MOST = 96  # readings of a meter in a day: uplinks go on above those of the day before
_S, _NS = 1_000_000, 1_000


@dataclass(frozen=True, slots=True)
class Shape:
    """How readings come: so many of each meter at once, so many in one transaction."""

    each: int
    group: int


@dataclass(frozen=True, slots=True)
class Part:
    """What some rows have cost."""

    rows: int
    costs: tuple[Cost, ...]

    @property
    def wall_us(self) -> int:
        """Wall time."""
        return sum(cost.wall_us for cost in self.costs)

    @property
    def cpu_us(self) -> int:
        """CPU of both sides; 0 where it is not known."""
        return sum(cost.cpu_us or 0 for cost in self.costs)


SHAPES = {
    "quarter_hours_of_a_day": Shape(each=96, group=9_600),
    "hours_of_a_day": Shape(each=24, group=9_600),
    "one_by_one": Shape(each=1, group=500),
}
"""The first two are files of collectors, the last is what the head end gathers."""


async def ingest(accounts: int, *, told: Told) -> dict[str, Any]:
    """Measure readings by the product's own path, each group durable before the next."""
    await open_accounts(accounts, told=lambda done: told("open accounts", done))
    days = range(len(SHAPES) * _ROUNDS + 1)
    await metering.ensure_partitions({(OPENED_AT + day * _DAY).date() for day in days})
    await run(_OPENING)
    shapes = {}
    for k, (name, shape) in enumerate(SHAPES.items()):
        own = partial(told, name)
        rounds = [await _round(shape, accounts, k * _ROUNDS + n, told=own) for n in range(_ROUNDS)]
        shapes[name] = _answer(shape, rounds)
    return {"name": "ingest", "accounts": accounts, **next(iter(shapes.values())), **shapes}


async def _round(
    shape: Shape, accounts: int, day: int, *, told: Callable[[int], None]
) -> tuple[Part, Part, int]:
    """Record every other group of a day and copy the rest, so that both see the same machine."""
    until = OPENED_AT + (day + 1) * _DAY
    meters = min(accounts, _PER_ACCOUNT * accounts // shape.each)
    await settle("reading", "meter_register", "usage_changed")
    before = await value("select count(*) from reading")
    rows, repeated = [0, 0], 0
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    for k, some in enumerate(_groups(meters, shape)):
        group = [r for meter_id in some for r in _readings(meter_id, day, shape)]
        rows[k % 2] += len(group)
        if k % 2:
            costs[1].append(await _copied(group))
        else:
            again = _repeated(some, day, shape)
            repeated += len(again)
            costs[0].append(await _recorded([*group, *again], len(again), now=until))
        told(some[-1])
    assert await value("select count(*) from reading") == before + sum(rows)
    return Part(rows[0], tuple(costs[0])), Part(rows[1], tuple(costs[1])), repeated


async def _copied(group: Sequence[Reading]) -> Cost:
    async def work() -> None:
        rows = [
            (r.meter_id, r.measured_at, r.n, r.total_wh, *r.periods_wh, r.estimated) for r in group
        ]
        async with transaction():
            await copy("reading", _COLUMNS, rows)

    return await cost_of(work)


async def _recorded(group: Sequence[Reading], again: int, *, now: datetime) -> Cost:
    outcomes: list[Outcome] = []

    async def work() -> None:
        outcomes.extend(await metering.record(group, now=now))

    cost = await cost_of(work)
    assert outcomes.count(Outcome.DUPLICATE) == again
    assert outcomes.count(Outcome.ACCEPTED) == len(group) - again
    return cost


def _groups(meters: int, shape: Shape) -> Iterator[range]:
    size = max(1, min(shape.group // shape.each, meters // 2))
    for first in range(1, meters + 1, size):
        yield range(first, min(first + size, meters + 1))


def _readings(meter_id: int, day: int, shape: Shape) -> Iterator[Reading]:
    for k in range(1, shape.each + 1):
        wh = _DAILY_WH * day + _DAILY_WH * k // shape.each
        at = OPENED_AT + day * _DAY + k * _DAY / shape.each
        peak = wh * 3 // 5
        yield Reading(meter_id, day * _MOST + k, at, wh, (0, peak, 0, wh - peak, 0))


def _repeated(meters: range, day: int, shape: Shape) -> list[Reading]:
    days = ((0, day), (_AGAIN // 2, day - 1)) if day % _ROUNDS else ((0, day),)
    return [
        reading
        for meter_id in meters
        for when, of in days
        if meter_id % _AGAIN == when
        for reading in _readings(meter_id, of, shape)
    ]


def _answer(shape: Shape, rounds: Sequence[tuple[Part, Part, int]]) -> dict[str, Any]:
    recorded, copied, repeated = min(rounds, key=lambda each: each[0].wall_us)
    copy_ns, record_ns = (part.wall_us * _NS // part.rows for part in (copied, recorded))
    copy_cpu, record_cpu = (part.cpu_us * _NS // part.rows for part in (copied, recorded))
    return {
        "readings": recorded.rows,
        "of_each_meter": shape.each,
        "group": shape.group,
        "duplicates": repeated,
        "readings_per_s": recorded.rows * _S // recorded.wall_us,
        "copy_per_s": copied.rows * _S // copied.wall_us,
        "record_ns": record_ns,
        "copy_ns": copy_ns,
        "percent_of_copy": copy_ns * 100 // record_ns,
        "cpu_percent_of_copy": copy_cpu * 100 // record_cpu if record_cpu else None,
    }
