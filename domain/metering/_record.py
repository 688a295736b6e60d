"""Take a group of readings into the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import compress, count, groupby
from operator import attrgetter
from typing import Any

from domain.base import copy_packed, listed, run, transaction
from domain.base import packed as as_json

from ._ensure_partitions import ensure_partitions
from ._lock_meters import archive_of, lock_meters, past_of
from ._mark_changed import mark_changed
from ._onward import Meters, Onward
from ._packed import packed
from ._plausibility import Known
from ._reading import REGISTERS, Outcome, Reading, registers_in
from ._series import COLUMNS, Row, Series, is_behind, plain, row_of, series_of, standing
from ._sorting import MeterState, Sorted, sort
from ._uplink_window import UplinkWindow
from ._withdraw_estimates import withdraw_estimates

_meter = attrgetter("meter_id")

_ADVANCE = f"""
update meter_register r set last_n = w.last_n, seen = w.seen, measured_at = w.measured_at,
       estimated = w.estimated, {", ".join(f"{name} = w.{name}" for name in REGISTERS)}
from unnest($1::timestamptz[], $2::boolean[],
            {", ".join(f"${k}::text::bigint[]" for k in range(3, 12))})
  as w (measured_at, estimated, meter_id, last_n, seen, {", ".join(REGISTERS)})
where r.meter_id = w.meter_id
"""


async def record(readings: Sequence[Reading], *, now: datetime) -> list[Outcome]:
    """Record a group of readings durably and tell what became of each, in order.

    Meters must be installed. Recording the same reading again changes nothing. The accounts of
    accepted readings are marked as changed, for accrual. The more readings a meter brings at once,
    the less each of them costs.
    """
    if not readings:
        return []
    async with transaction():
        brought: dict[int, list[Reading]] = {}
        for meter_id, some in groupby(readings, _meter):
            brought.setdefault(meter_id, []).extend(some)
        meters = await lock_meters(brought)
        going = Onward(brought, meters, now=now)
        await ensure_partitions(going.days())
        await copy_packed("reading", COLUMNS, going.pieces())
        outcomes = [Outcome.ACCEPTED] * len(readings)
        left = list(compress(count(), map(going.doubtful.__contains__, map(_meter, readings))))
        judged = await _judged([readings[k] for k in left], meters, now=now)
        for k, outcome in zip(left, judged.outcomes, strict=True):
            outcomes[k] = outcome
        await _write(going, judged, meters, now=now)
        return outcomes


@dataclass(frozen=True, slots=True)
class _Judged:
    """What became of readings that leave a doubt: plain series, and the rest sorted singly."""

    outcomes: list[Outcome]
    taken: Mapping[int, Series]
    sorted: Sorted


async def _judged(readings: Sequence[Reading], meters: Meters, *, now: datetime) -> _Judged:
    brought = series_of(readings)
    taken = await _taken(brought, meters, now=now)
    outcomes = _outcomes(readings, brought, taken)
    left = [k for k, r in enumerate(readings) if r.meter_id not in taken]
    result = await _sorted([readings[k] for k in left], meters, now=now)
    for k, outcome in zip(left, result.outcomes, strict=True):
        outcomes[k] = outcome
    return _Judged(outcomes, taken, result)


async def _taken(
    brought: Mapping[int, Sequence[Row]], meters: Meters, *, now: datetime
) -> dict[int, Series]:
    """Return the series that are plainly true."""
    behind = {k: rows for k, rows in brought.items() if is_behind(rows, meters[k])}
    archive = await archive_of(behind)
    taken = {}
    for meter_id, rows in brought.items():
        meter = meters[meter_id]
        around = archive.get(meter_id, ()) if meter_id in behind else (standing(meter),)
        found = plain(rows, meter, around, now=now)
        if found is not None:
            taken[meter_id] = found
    return taken


def _outcomes(
    readings: Sequence[Reading], brought: Mapping[int, Sequence[Row]], taken: Mapping[int, Series]
) -> list[Outcome]:
    """Return what became of each reading of the taken series: accepted, or a repetition."""
    outcomes = [Outcome.ACCEPTED] * len(readings)
    new = {
        meter_id: {row[1] for row in found.new}
        for meter_id, found in taken.items()
        if len(found.new) < len(brought[meter_id])
    }
    for k in [k for k, r in enumerate(readings) if r.meter_id in new]:
        instants, at = new[readings[k].meter_id], readings[k].measured_at
        if at in instants:
            instants.remove(at)
        else:
            outcomes[k] = Outcome.DUPLICATE
    return outcomes


async def _sorted(readings: Sequence[Reading], meters: Meters, *, now: datetime) -> Sorted:
    """Return what is to become of readings that somebody must look at one by one."""
    states = {r.meter_id: _state(meters[r.meter_id]) for r in readings}
    late = [r for r in readings if _needs_past(r, states[r.meter_id])]
    return sort(readings, states, await past_of(late), now=now)


def _needs_past(reading: Reading, state: MeterState) -> bool:
    return (
        state.estimated
        or reading.measured_at <= state.last.measured_at
        or reading.n <= state.window.last_n
    )


def _state(meter: Mapping[str, Any]) -> MeterState:
    return MeterState(
        meter_id=meter["meter_id"],
        account_id=meter["account_id"],
        rated_w=meter["rated_w"],
        installed_at=meter["installed_at"],
        window=UplinkWindow(meter["last_n"], meter["seen"]),
        last=Known(meter["measured_at"], registers_in(meter)),
        estimated=meter["estimated"],
        digits=meter["digits"],
        ratio=meter["ratio"],
        removed_at=meter["removed_at"],
        ratios=tuple(meter["ratios"] or ()),
    )


async def _write(going: Onward, judged: _Judged, meters: Meters, *, now: datetime) -> None:
    result = judged.sorted
    for meter_id, after, until in result.measured:
        await withdraw_estimates(meter_id, after=after, until=until, now=now)
    new = [row for found in judged.taken.values() for row in found.new]
    new += map(row_of, result.accepted)
    if new:
        await ensure_partitions({row[1].astimezone(UTC).date() for row in new})
        await copy_packed("reading", COLUMNS, [map(packed, new)])
    if going.last or new:
        changed = {last.meter_id for last, _ in going.last} | {row[0] for row in new}
        await mark_changed({meters[meter_id]["account_id"] for meter_id in changed})
    for reading, rule in result.exceptions:
        await _hold(reading, rule, account_id=result.states[reading.meter_id].account_id, now=now)
    await _advance(going, judged, meters)


async def _advance(going: Onward, judged: _Judged, meters: Meters) -> None:
    advanced = [
        (last.measured_at, False, last.meter_id, last.n, seen, last.total_wh, *last.periods_wh)
        for last, seen in going.last
    ]
    for meter_id, found in judged.taken.items():
        last = standing(meters[meter_id])
        if found.new and found.new[-1][1] > last[1]:
            last = found.new[-1]
        window = found.window
        advanced.append((last[1], last[9], meter_id, window.last_n, window.seen, *last[3:9]))
    for meter_id, state in judged.sorted.states.items():
        window, known = state.window, state.last
        told = (meter_id, window.last_n, window.seen, *known.registers)
        advanced.append((known.measured_at, state.estimated, *told))
    instants, estimated, *numbers = zip(*advanced, strict=True)
    await run(_ADVANCE, instants, estimated, *map(listed, numbers))


async def _hold(reading: Reading, rule: str, *, account_id: int, now: datetime) -> None:
    await run(
        """insert into reading_exception (meter_id, account_id, rule, measured_at, content,
                                          created_at)
           values ($1, $2, $3, $4, $5::jsonb, $6)""",
        reading.meter_id,
        account_id,
        rule,
        reading.measured_at,
        as_json({"n": reading.n, "registers_wh": reading.registers}),
        now,
    )
