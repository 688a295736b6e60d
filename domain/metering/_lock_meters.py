"""Lock the meters of a group and look up what the archive says around its readings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.base import LISTED, listed, records, rows, unpacked

from ._plausibility import Known
from ._reading import REGISTERS, Reading, Registers, registers_in
from ._series import COLUMNS, Row
from ._sorting import Past

# First what a row of the archive holds, with the last uplink: how the registers stand. That each
# table is asked for the same list saves a look into its index for each meter.
_METERS = f"""
select r.meter_id, r.measured_at, r.last_n, {", ".join(f"r.{name}" for name in REGISTERS)},
       r.estimated, r.account_id, r.seen,
       m.rated_w, m.digits, m.ratio, m.installed_at, m.removed_at, c.ratios
from meter_register r join meter m on m.id = r.meter_id and m.id = {LISTED}
left join (select meter_id, array_agg(row(at, ratio_before) order by at) as ratios
           from ratio_change where meter_id = {LISTED} group by meter_id) c on c.meter_id = m.id
where r.meter_id = {LISTED} order by r.meter_id for no key update of r
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
and content ? 'registers_wh'
"""

# A meter of which something was held, or that brings few readings over a long time, is left out:
# what is looked up stays in proportion to what is recorded.
_ARCHIVE = f"""
select {", ".join(f"r.{name}" for name in COLUMNS)}
from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::bigint[])
  as w (meter_id, since, until, most)
cross join lateral (select
  (select b.measured_at from reading b where b.meter_id = w.meter_id and b.measured_at < w.since
   and not b.estimated order by b.measured_at desc limit 1) as before,
  (select a.measured_at from reading a where a.meter_id = w.meter_id and a.measured_at > w.until
   and not a.estimated order by a.measured_at limit 1) as after) as near
cross join lateral (
  select * from reading x where x.meter_id = w.meter_id and x.measured_at >= near.before
  and x.measured_at <= coalesce(near.after, 'infinity') order by x.measured_at limit w.most) as r
where not exists (select 1 from reading_exception e where e.meter_id = w.meter_id
                  and e.measured_at between w.since and w.until)
order by r.meter_id, r.measured_at
"""


async def lock_meters(meter_ids: Collection[int]) -> dict[int, Any]:
    """Lock the registers of these meters, in order, and return how each stands.

    Each is as the driver has it: a mapping, and a tuple that begins with a row for COLUMNS.
    """
    return {found[0]: found for found in await records(_METERS, listed(sorted(meter_ids)))}


async def archive_of(series: Mapping[int, Sequence[Row]]) -> dict[int, list[Row]]:
    """Return what stands around the readings of each meter, as `plain` wants it.

    A meter is left out where that would be much more than the readings themselves.
    """
    if not series:
        return {}
    most = {meter_id: 2 * len(rows) + 10 for meter_id, rows in series.items()}
    found: dict[int, list[Row]] = {}
    for row in await records(
        _ARCHIVE,
        list(series),
        [each[0][1] for each in series.values()],
        [each[-1][1] for each in series.values()],
        list(most.values()),
    ):
        found.setdefault(row[0], []).append(tuple(row))
    return {meter_id: each for meter_id, each in found.items() if len(each) < most[meter_id]}


async def past_of(readings: Sequence[Reading]) -> dict[tuple[int, datetime], Past]:
    """Return what the archive says around the instant of each of these readings."""
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
