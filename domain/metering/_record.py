"""Take a group of readings into the record."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.base import copy, packed, rows, run, transaction, unpacked

from ._ensure_partitions import ensure_partitions
from ._mark_changed import mark_changed
from ._plausibility import CLOCK_AHEAD, Known
from ._reading import REGISTERS, Outcome, Reading, Registers, registers_in
from ._sorting import MeterState, Past, Sorted, sort
from ._uplink_window import UplinkWindow
from ._withdraw_estimates import withdraw_estimates

_STATES = f"""
select r.meter_id, r.account_id, m.rated_w, m.digits, m.ratio, m.installed_at, m.removed_at,
       r.last_n, r.seen, r.measured_at, r.estimated, {", ".join(f"r.{name}" for name in REGISTERS)}
from meter_register r join meter m on m.id = r.meter_id
where r.meter_id = any($1) order by r.meter_id for no key update of r
"""

_PAST = f"""
select w.meter_id, w.at, b.measured_at as before_at, a.measured_at as after_at,
       {", ".join(f"b.{name} as before_{name}, a.{name} as after_{name}" for name in REGISTERS)},
       {", ".join(f"t.{name} as there_{name}" for name in REGISTERS)},
       t.estimated as there_guessed,
       exists (select 1 from reading e where e.meter_id = w.meter_id and e.estimated
         and e.measured_at > coalesce(b.measured_at, w.at)
         and e.measured_at < coalesce(a.measured_at, 'infinity')) as guessed
from unnest($1::bigint[], $2::timestamptz[]) as w (meter_id, at)
left join reading t on t.meter_id = w.meter_id and t.measured_at = w.at
left join lateral (select * from reading r where r.meter_id = w.meter_id and r.measured_at < w.at
                   and not r.estimated order by r.measured_at desc limit 1) b on true
left join lateral (select * from reading r where r.meter_id = w.meter_id and r.measured_at > w.at
                   and not r.estimated order by r.measured_at limit 1) a on true
"""

_HELD = """
select meter_id, measured_at, content from reading_exception
where (meter_id, measured_at) in (select * from unnest($1::bigint[], $2::timestamptz[]))
"""

_ADVANCE = f"""
update meter_register r set last_n = w.last_n, seen = w.seen, measured_at = w.measured_at,
       estimated = w.estimated, {", ".join(f"{name} = w.{name}" for name in REGISTERS)}
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::boolean[],
            $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
  as w (meter_id, last_n, seen, measured_at, estimated, {", ".join(REGISTERS)})
where r.meter_id = w.meter_id
"""


async def record(readings: Sequence[Reading], *, now: datetime) -> list[Outcome]:
    """Record a group of readings durably and tell what became of each, in order.

    Meters must be installed. Recording the same reading again changes nothing. The accounts of
    accepted readings are marked as changed, for accrual.
    """
    if not readings:
        return []
    async with transaction():
        states = await _states({r.meter_id for r in readings})
        await ensure_partitions({
            r.measured_at.astimezone(UTC).date()
            for r in readings
            if states[r.meter_id].installed_at <= r.measured_at <= now + CLOCK_AHEAD
        })
        past = await _past([r for r in readings if _needs_past(r, states[r.meter_id])])
        result = sort(readings, states, past, now=now)
        await _write(result, now=now)
        return result.outcomes


def _needs_past(reading: Reading, state: MeterState) -> bool:
    return (
        state.estimated
        or reading.measured_at <= state.last.measured_at
        or reading.n <= state.window.last_n
    )


async def _states(meter_ids: set[int]) -> dict[int, MeterState]:
    return {
        row["meter_id"]: MeterState(
            meter_id=row["meter_id"],
            account_id=row["account_id"],
            rated_w=row["rated_w"],
            installed_at=row["installed_at"],
            window=UplinkWindow(row["last_n"], row["seen"]),
            last=Known(row["measured_at"], registers_in(row)),
            estimated=row["estimated"],
            digits=row["digits"],
            ratio=row["ratio"],
            removed_at=row["removed_at"],
        )
        for row in await rows(_STATES, sorted(meter_ids))
    }


async def _past(readings: list[Reading]) -> dict[tuple[int, datetime], Past]:
    if not readings:
        return {}
    wanted = ([r.meter_id for r in readings], [r.measured_at for r in readings])
    held: dict[tuple[int, datetime], list[Registers]] = {}
    for row in await rows(_HELD, *wanted):
        registers = tuple(unpacked(row["content"])["registers_wh"])
        held.setdefault((row["meter_id"], row["measured_at"]), []).append(registers)
    return {
        (row["meter_id"], row["at"]): Past(
            before=Known(row["before_at"], registers_in(row, "before_"))
            if row["before_at"]
            else None,
            after=Known(row["after_at"], registers_in(row, "after_")) if row["after_at"] else None,
            there=registers_in(row, "there_") if row["there_total_wh"] is not None else None,
            held=tuple(held.get((row["meter_id"], row["at"]), ())),
            guessed=row["guessed"],
            there_guessed=bool(row["there_guessed"]),
        )
        for row in await rows(_PAST, *wanted)
    }


async def _write(result: Sorted, *, now: datetime) -> None:
    for meter_id, after, until in result.measured:
        await withdraw_estimates(meter_id, after=after, until=until, now=now)
    if result.accepted:
        await copy(
            "reading",
            ("meter_id", "measured_at", "n", *REGISTERS, "estimated"),
            [(r.meter_id, r.measured_at, r.n, *r.registers, r.estimated) for r in result.accepted],
        )
        changed = {result.states[r.meter_id].account_id for r in result.accepted}
        await mark_changed(changed)
    for reading, rule in result.exceptions:
        await _hold(reading, rule, account_id=result.states[reading.meter_id].account_id, now=now)
    states = [result.states[meter_id] for meter_id in sorted(result.states)]
    await run(
        _ADVANCE,
        [s.meter_id for s in states],
        [s.window.last_n for s in states],
        [s.window.seen for s in states],
        [s.last.measured_at for s in states],
        [s.estimated for s in states],
        *([s.last.registers[k] for s in states] for k in range(len(REGISTERS))),
    )


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
