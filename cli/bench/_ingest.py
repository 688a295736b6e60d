"""Readings made durable, next to a bare COPY of the same rows into the same table."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain import metering
from domain.base import copy, transaction, value
from domain.metering import REGISTERS, Reading

from ._accounts import EVERY, OPENED_AT, open_accounts, settle
from ._cost import cost_of, percent

Told = Callable[[str, int], None]
"""Takes the name of what is done and how many are done."""

_AT_ONCE = 5_000
_COLUMNS = ("meter_id", "measured_at", "n", *REGISTERS, "estimated")
_S = 1_000_000


async def ingest(meters: int, *, told: Told) -> dict[str, Any]:
    """Measure one reading of every meter by the product's own path, in groups, each durable."""
    await open_accounts(meters, told=lambda done: told("open accounts", done))
    await metering.ensure_partitions({OPENED_AT.date()})
    floor = await cost_of(lambda: _copied(meters, told=lambda done: told("copy", done)))
    await settle("reading", "meter_register", "usage_changed")
    recorded = await cost_of(lambda: _recorded(meters, told=lambda done: told("record", done)))
    assert await value("select count(*) from reading") == 2 * meters
    return {
        "name": "ingest",
        "readings": meters,
        "group": _AT_ONCE,
        "readings_per_s": meters * _S // recorded.wall_us,
        "copy_per_s": meters * _S // floor.wall_us,
        "record": recorded.told(),
        "copy": floor.told(),
        "percent_of_copy": percent(floor.wall_us, recorded.wall_us),
        "cpu_percent_of_copy": percent(floor.cpu_us, recorded.cpu_us),
    }


async def _copied(meters: int, *, told: Callable[[int], None]) -> None:
    for group in _groups(meters, n=1):
        async with transaction():
            await copy(
                "reading",
                _COLUMNS,
                [(r.meter_id, r.measured_at, r.n, *r.registers, r.estimated) for r in group],
            )
        told(group[-1].meter_id)


async def _recorded(meters: int, *, told: Callable[[int], None]) -> None:
    for group in _groups(meters, n=2):
        await metering.record(group, now=OPENED_AT + 2 * EVERY)
        told(group[-1].meter_id)


def _groups(meters: int, *, n: int) -> Iterator[Sequence[Reading]]:
    at = OPENED_AT + n * EVERY
    for first in range(1, meters + 1, _AT_ONCE):
        yield [
            Reading(meter_id, n, at, n * 1_000, (0, n * 600, 0, n * 400, 0))
            for meter_id in range(first, min(first + _AT_ONCE, meters + 1))
        ]
