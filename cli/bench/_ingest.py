"""Readings made durable, next to a bare COPY of as many rows alike into the same table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median_low
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
class Group:
    """What a group of new readings has cost, and how many it repeated beside them."""

    new: int
    again: int
    cost: Cost


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
        recorded: list[Group] = []
        copied: list[Group] = []
        for day in range(k * _ROUNDS, (k + 1) * _ROUNDS):
            groups = await _round(shape, accounts, day, told=partial(told, name))
            recorded += groups[::2]
            copied += groups[1::2]
        shapes[name] = _answer(shape, recorded, copied)
    return {"name": "ingest", "accounts": accounts, **next(iter(shapes.values())), **shapes}


async def _round(
    shape: Shape, accounts: int, day: int, *, told: Callable[[int], None]
) -> list[Group]:
    """Record every other group of a day and copy the rest, so that both see the same machine."""
    until = OPENED_AT + (day + 1) * _DAY
    meters = min(accounts, _PER_ACCOUNT * accounts // shape.each)
    await settle("reading", "meter_register", "usage_changed")
    before = await value("select count(*) from reading")
    groups: list[Group] = []
    for some in _groups(meters, shape):
        group = [r for meter_id in some for r in _readings(meter_id, day, shape)]
        again = [] if len(groups) % 2 else _repeated(some, day, shape)
        cost = await (_copied(group) if len(groups) % 2 else _recorded(group, again, now=until))
        groups.append(Group(len(group), len(again), cost))
        told(some[-1])
    assert await value("select count(*) from reading") == before + sum(g.new for g in groups)
    return groups


async def _copied(group: Sequence[Reading]) -> Cost:
    async def work() -> None:
        rows = [
            (r.meter_id, r.measured_at, r.n, r.total_wh, *r.periods_wh, r.estimated) for r in group
        ]
        async with transaction():
            await copy("reading", _COLUMNS, rows)

    return await cost_of(work)


async def _recorded(new: Sequence[Reading], again: Sequence[Reading], *, now: datetime) -> Cost:
    outcomes: list[Outcome] = []
    file = [*new, *again]

    async def work() -> None:
        outcomes.extend(await metering.record(file, now=now))

    cost = await cost_of(work)
    assert outcomes.count(Outcome.DUPLICATE) == len(again)
    assert outcomes.count(Outcome.ACCEPTED) == len(new)
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


def _answer(shape: Shape, recorded: Sequence[Group], copied: Sequence[Group]) -> dict[str, Any]:
    """Compare the groups in the middle: what else runs on the machine only adds to some."""
    record_ns, copy_ns = (
        median_low(each.cost.wall_us * _NS // each.new for each in groups)
        for groups in (recorded, copied)
    )
    record_cpu_ns, copy_cpu_ns = (
        median_low((each.cost.cpu_us or 0) * _NS // each.new for each in groups)
        for groups in (recorded, copied)
    )
    return {
        "readings": sum(each.new for each in recorded),
        "of_each_meter": shape.each,
        "group": shape.group,
        "duplicates": sum(each.again for each in recorded),
        "readings_per_s": _S * _NS // record_ns,
        "copy_per_s": _S * _NS // copy_ns,
        "percent_of_copy": copy_ns * 100 // record_ns,
        "cpu_percent_of_copy": copy_cpu_ns * 100 // record_cpu_ns if record_cpu_ns else None,
    }
