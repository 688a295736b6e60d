"""Take in export, reactive and demand registers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.base import packed, rows, run, transaction

from ._further import (
    DEMAND,
    FURTHER,
    Bounds,
    Further,
    FurtherReading,
    MaxDemand,
    broken_by,
    demand_breaks,
    falls,
    further_reading,
    values_of,
)
from ._mark_changed import mark_changed
from ._place import RunsBackwards
from ._reading import Outcome
from ._rollover import continued_one, shows_one

_BOUNDS = """
select r.meter_id, r.account_id, m.rated_w, m.digits, m.ratio, m.installed_at, m.removed_at,
  (select array_agg(row(c.at, c.ratio_before) order by c.at) from ratio_change c
   where c.meter_id = r.meter_id) as ratios
from meter_register r join meter m on m.id = r.meter_id
where r.meter_id = any($1) order by r.meter_id for no key update of r
"""

_COLUMNS = (*FURTHER, *DEMAND)
_VALUES = ", ".join(f"${k}" for k in range(3, 3 + len(_COLUMNS)))

_AROUND = """
select w.at = f.measured_at as there, w.at > f.measured_at as earlier, f.*
from (select $1::bigint as meter_id, $2::timestamptz as at) w
cross join lateral (
  (select * from further_reading where meter_id = w.meter_id and measured_at < w.at
   order by measured_at desc limit 1)
  union all
  (select * from further_reading where meter_id = w.meter_id and measured_at >= w.at
   order by measured_at limit 2)) f
order by f.measured_at
"""

_HELD = """
select 1 from reading_exception
where meter_id = $1 and measured_at = $2 and content -> 'further' = $3::jsonb
"""


@dataclass(frozen=True, slots=True)
class _Around:
    before: tuple[datetime, Further] | None = None
    there: tuple[Further, MaxDemand | None] | None = None
    after: tuple[datetime, Further] | None = None


async def record_further(readings: Sequence[FurtherReading], *, now: datetime) -> list[Outcome]:
    """Record further registers durably and tell what became of each, in order.

    They obey the rules of `record`: a repetition changes nothing, what contradicts or cannot be
    true is kept as an exception. Meters must be installed.
    """
    outcomes = [Outcome.DUPLICATE] * len(readings)
    async with transaction():
        found = await rows(_BOUNDS, sorted({reading.meter_id for reading in readings}))
        bounds = {each.pop("meter_id"): Bounds(**each) for each in found}
        changed = set()
        for k, reading in sorted(enumerate(readings), key=lambda each: each[1].measured_at):
            outcomes[k] = await _take(reading, bounds[reading.meter_id], now=now)
            if outcomes[k] is Outcome.ACCEPTED:
                changed.add(bounds[reading.meter_id].account_id)
        if changed:
            await mark_changed(changed)
    return outcomes


async def put_further(reading: FurtherReading) -> None:
    """Store further registers, in place of what stands at their instant."""
    await run(
        f"""insert into further_reading (meter_id, measured_at, {", ".join(_COLUMNS)})
            values ($1, $2, {_VALUES}) on conflict (meter_id, measured_at) do update
            set {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}""",
        reading.meter_id,
        reading.measured_at,
        *reading.registers,
        *(reading.demand or (None, None)),
    )


async def accept_further(shown: FurtherReading) -> None:
    """Store further registers that somebody answers for, counted on from the reading before them.

    Refuses with RunsBackwards.
    """
    (found,) = await rows(_BOUNDS, [shown.meter_id])
    del found["meter_id"]
    around = await _around(shown)
    reading = _counted(shown, around, Bounds(**found))
    before, after = around.before, around.after
    if (before and falls(before[1], reading.registers)) or (
        after and falls(reading.registers, after[1])
    ):
        raise RunsBackwards(before_wh=before and before[1], after_wh=after and after[1])
    await put_further(reading)


async def _take(shown: FurtherReading, bounds: Bounds, *, now: datetime) -> Outcome:
    around = await _around(shown)
    reading = _counted(shown, around, bounds)
    if around.there is not None:
        registers, demand = around.there
        same = _same(registers, shown.registers, digits=bounds.digits)
        if same and demand == shown.demand:
            return Outcome.DUPLICATE
        rule: str | None = "INSTANT_REUSED"
    else:
        rule = broken_by(
            reading.measured_at,
            reading.registers,
            before=around.before,
            after=around.after,
            bounds=bounds,
            now=now,
        ) or demand_breaks(reading, bounds)
    if rule is None:
        await put_further(reading)
        return Outcome.ACCEPTED
    content = values_of(shown)
    if await rows(_HELD, shown.meter_id, shown.measured_at, packed(content)):
        return Outcome.DUPLICATE
    await run(
        """insert into reading_exception (meter_id, account_id, rule, measured_at, content,
             created_at) values ($1, $2, $3, $4, $5::jsonb, $6)""",
        shown.meter_id,
        bounds.account_id,
        rule,
        shown.measured_at,
        packed({"further": content}),
        now,
    )
    return Outcome.CONFLICT if rule == "INSTANT_REUSED" else Outcome.HELD


async def _around(reading: FurtherReading) -> _Around:
    around = _Around()
    for found in await rows(_AROUND, reading.meter_id, reading.measured_at):
        registers = tuple(found[name] for name in FURTHER)
        if found["there"]:
            w, at = (found[name] for name in DEMAND)
            around = replace(around, there=(registers, None if w is None else MaxDemand(w, at)))
        elif found["earlier"]:
            around = replace(around, before=(found["measured_at"], registers))
        elif around.after is None:
            around = replace(around, after=(found["measured_at"], registers))
    return around


def _counted(shown: FurtherReading, around: _Around, bounds: Bounds) -> FurtherReading:
    if around.before is None:
        return shown
    since, last = around.before
    limit = bounds.limit(since, shown.measured_at)
    counted = {
        name: now
        if now is None or before is None
        else continued_one(now, before, digits=bounds.digits, limit_wh=limit)
        for name, now, before in zip(FURTHER, shown.registers, last, strict=True)
    }
    return further_reading(shown.meter_id, shown.measured_at, values_of(shown) | counted)


def _same(count: Further, shown: Further, *, digits: int) -> bool:
    return all(
        a is b if a is None or b is None else shows_one(a, b, digits=digits)
        for a, b in zip(count, shown, strict=True)
    )
