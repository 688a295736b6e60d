"""Estimate registers where nothing was measured: marked, never used to trip, ready to give way."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.base import packed, row, rows, run, transaction

from ._ensure_partitions import ensure_partitions
from ._estimation import Estimate, Share, Use, days_wanted, is_short, registers_at
from ._freezes_of import SLACK, midnight, readings_near
from ._mark_changed import mark_changed
from ._place import Standing, standing_of
from ._plausibility import Known
from ._reading import BY_HAND, REGISTERS, Registers, registers_in

QUALITY = "E"
_ONE = timedelta(days=1)

_NEAR = """
select 1 from reading where meter_id = $1 and not estimated
and measured_at between $2::timestamptz - $3::interval and $2::timestamptz + $3::interval
"""

_LAST_BEFORE = """
select * from reading where meter_id = $1 and measured_at < $2 order by measured_at desc limit 1
"""

_CHANGES = "select at, ratio_before from ratio_change where meter_id = $1 order by at"

_PUT = f"""
insert into reading (meter_id, measured_at, n, {", ".join(REGISTERS)}, estimated)
values ($1, $2, {BY_HAND}, $3, $4, $5, $6, $7, $8, true)
on conflict (meter_id, measured_at) do update set
  {", ".join(f"{name} = excluded.{name}" for name in REGISTERS)}
"""

_MOVE = f"""
update meter_register set measured_at = $2, estimated = true,
  {", ".join(f"{name} = ${k}" for k, name in enumerate(REGISTERS, 3))}
where meter_id = $1 and (estimated or measured_at < $2) and measured_at <= $2
"""

_STANDING = """
update reading_estimate set replaced_at = $3
where meter_id = $1 and measured_at = $2 and replaced_at is null
"""

_KEEP = """
insert into reading_estimate (meter_id, measured_at, method, quality, content, made_at)
values ($1, $2, $3, $4, $5::jsonb, $6)
on conflict (meter_id, measured_at, made_at) do update
set method = excluded.method, content = excluded.content, replaced_at = null
"""


async def estimate(
    meter_ids: Collection[int], at: datetime, *, zone: ZoneInfo, now: datetime
) -> list[Estimate]:
    """Estimate the registers of those of these meters that have no reading at `at`.

    All of them in one transaction. An estimate stands in the readings, marked, until something is
    measured around it; its method is kept. An account whose last registers are estimated is never
    tripped on them. Meters for which no method applies are left out.
    """
    made = []
    async with transaction():
        changed = []
        for meter_id in sorted(meter_ids):
            standing = await standing_of(meter_id, at)
            found = await _estimate_one(meter_id, at, standing, zone=zone, now=now)
            if found is not None:
                made.append(found)
                changed.append(standing.account_id)
        await mark_changed(changed)
    return made


async def _estimate_one(
    meter_id: int, at: datetime, standing: Standing, *, zone: ZoneInfo, now: datetime
) -> Estimate | None:
    before, after = standing.before, standing.after
    if before is None or at > now or await row(_NEAR, meter_id, at, SLACK):
        return None
    if after is None:
        # What was estimated so far may have come by another method: it must not fall again.
        before = await _last_before(meter_id, at)
    part = list(_shares(before.measured_at, at, zone))
    rest = list(_shares(at, after.measured_at, zone)) if after else []
    days = [] if is_short(before, after) else [share.day for share in (*part, *rest)]
    use = await _use_of(meter_id, days_wanted(days), zone=zone, ratio=standing.ratio)
    found = registers_at(part, rest, before=before, after=after, use=use)
    if found is None:
        return None
    made = Estimate(meter_id, at, *found)
    await _store(made, standing, now=now)
    return made


async def _last_before(meter_id: int, at: datetime) -> Known:
    found = await row(_LAST_BEFORE, meter_id, at)
    assert found is not None, "something was measured before"
    return Known(found["measured_at"], registers_in(found))


async def _store(made: Estimate, standing: Standing, *, now: datetime) -> None:
    await ensure_partitions({made.measured_at.astimezone(UTC).date()})
    await run(_PUT, made.meter_id, made.measured_at, *made.registers)
    await run(_STANDING, made.meter_id, made.measured_at, now)
    await run(
        _KEEP,
        made.meter_id,
        made.measured_at,
        made.method,
        QUALITY,
        packed({"registers_wh": made.registers}),
        now,
    )
    if standing.after is None:
        await run(_MOVE, made.meter_id, made.measured_at, *made.registers)


async def _use_of(meter_id: int, days: Collection[date], *, zone: ZoneInfo, ratio: int) -> Use:
    """Return what the meter used on those of these days that were measured at both ends, as its
    registers would show it behind this ratio; days on which the ratio changed are left out.
    """
    bounds = {day: (midnight(day, zone), midnight(day + _ONE, zone)) for day in days}
    near = await readings_near([meter_id], {at for pair in bounds.values() for at in pair})
    changes = [(each["at"], each["ratio_before"]) for each in await rows(_CHANGES, meter_id)]
    used: dict[date, Registers] = {}
    for day, (since, until) in bounds.items():
        first, last = near.get((meter_id, since)), near.get((meter_id, until))
        changed = any(since < at < until for at, _ in changes)
        if first and last and not (first.estimated or last.estimated or changed):
            then = next((before for at, before in changes if at >= until), ratio)
            total, sharp, peak, flat, valley, deep = (
                (b - a) * then // ratio
                for a, b in zip(first.registers, last.registers, strict=True)
            )
            used[day] = (total, sharp, peak, flat, valley, deep)
    return used


def _shares(since: datetime, until: datetime, zone: ZoneInfo) -> Iterable[Share]:
    day = since.astimezone(zone).date()
    while (begin := midnight(day, zone)) < until:
        end = midnight(day + _ONE, zone)
        seconds = int((min(end, until) - max(begin, since)).total_seconds())
        if seconds:
            yield Share(day, seconds)
        day += _ONE
