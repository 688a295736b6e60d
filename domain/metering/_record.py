"""Take a group of readings into the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.base import copy, listed, packed, run, transaction

from ._ensure_partitions import ensure_partitions
from ._lock_meters import archive_of, lock_meters, past_of
from ._mark_changed import mark_changed
from ._plausibility import Known
from ._reading import REGISTERS, Outcome, Reading, registers_in
from ._series import COLUMNS, Row, Series, days_of, is_behind, plain, row_of, series_of, standing
from ._sorting import MeterState, Sorted, sort
from ._uplink_window import UplinkWindow
from ._withdraw_estimates import withdraw_estimates

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
        brought = series_of(readings)
        meters = await lock_meters(brought)
        taken = await _taken(brought, meters, now=now)
        outcomes = _outcomes(readings, brought, taken)
        left: list[int] = []
        if len(taken) < len(brought):
            left = [k for k, r in enumerate(readings) if r.meter_id not in taken]
        result = await _sorted([readings[k] for k in left], meters, now=now)
        for k, outcome in zip(left, result.outcomes, strict=True):
            outcomes[k] = outcome
        await _write(taken, result, meters, now=now)
        return outcomes


async def _taken(
    brought: Mapping[int, Sequence[Row]], meters: Mapping[int, dict[str, Any]], *, now: datetime
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
    for k in [k for k, r in enumerate(readings) if r.meter_id in new] if new else ():
        instants, at = new[readings[k].meter_id], readings[k].measured_at
        if at in instants:
            instants.remove(at)
        else:
            outcomes[k] = Outcome.DUPLICATE
    return outcomes


async def _sorted(
    readings: Sequence[Reading], meters: Mapping[int, dict[str, Any]], *, now: datetime
) -> Sorted:
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


def _state(meter: dict[str, Any]) -> MeterState:
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


async def _write(
    taken: Mapping[int, Series],
    result: Sorted,
    meters: Mapping[int, dict[str, Any]],
    *,
    now: datetime,
) -> None:
    for meter_id, after, until in result.measured:
        await withdraw_estimates(meter_id, after=after, until=until, now=now)
    groups = [found.new for found in taken.values() if found.new]
    groups += [[row_of(reading)] for reading in result.accepted]
    if groups:
        await ensure_partitions({day for group in groups for day in days_of(group)})
        await copy("reading", COLUMNS, [row for group in groups for row in group])
        await mark_changed({meters[group[0][0]]["account_id"] for group in groups})
    for reading, rule in result.exceptions:
        await _hold(reading, rule, account_id=result.states[reading.meter_id].account_id, now=now)
    await _advance(taken, result, meters)


async def _advance(
    taken: Mapping[int, Series], result: Sorted, meters: Mapping[int, dict[str, Any]]
) -> None:
    advanced = []
    for meter_id, found in taken.items():
        last = standing(meters[meter_id])
        if found.new and found.new[-1][1] > last[1]:
            last = found.new[-1]
        window = found.window
        advanced.append((last[1], last[9], meter_id, window.last_n, window.seen, *last[3:9]))
    for meter_id, state in result.states.items():
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
        packed({"n": reading.n, "registers_wh": reading.registers}),
        now,
    )
