"""Read where meters stood when a day began, many at a time."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain import metering
from domain.base import rows
from domain.metering import REGISTERS, Registers

from ._calendar import midnight
from ._registers import Read, Stood, stood

At = tuple[int, datetime]
"""A meter and an instant."""

# Asked only for meters that were not read when the day began.
_AROUND = f"""
select w.meter_id, b.measured_at as before_at, b.estimated as before_estimated,
  a.measured_at as after_at, a.estimated as after_estimated,
  {", ".join(f"b.{n} as before_{n}, a.{n} as after_{n}" for n in REGISTERS)}
from unnest($1::bigint[]) as w (meter_id)
left join lateral (select * from reading r where r.meter_id = w.meter_id and r.measured_at < $2
                   order by r.measured_at desc limit 1) b on true
left join lateral (select * from reading r where r.meter_id = w.meter_id and r.measured_at > $2
                   order by r.measured_at limit 1) a on true
"""


async def read_registers(
    wanted: Iterable[tuple[int, date, ZoneInfo]], bases: Mapping[int, Read]
) -> dict[At, Stood]:
    """Return where each meter stood when its day began: as frozen, or reckoned between readings.

    `bases` are registers that are settled already, from which each meter counts on.
    """
    meters: dict[tuple[date, ZoneInfo], set[int]] = {}
    for meter_id, day, zone in wanted:
        meters.setdefault((day, zone), set()).add(meter_id)
    found: dict[At, Stood] = {}
    for (day, zone), ids in meters.items():
        at = midnight(day, zone)
        frozen = await metering.freezes_of(ids, day, zone=zone)
        for meter_id, freeze in frozen.items():
            found[meter_id, at] = Stood(freeze.registers, freeze.estimated)
        unread = sorted(ids - frozen.keys())
        if unread:
            for each in await rows(_AROUND, unread, at):
                meter_id = each["meter_id"]
                found[meter_id, at] = _reckoned(at, each, bases[meter_id])
    return found


async def estimate_missing(
    missing: Iterable[tuple[int, date, ZoneInfo]], bases: Mapping[int, Read], *, now: datetime
) -> dict[At, Stood]:
    """Estimate the registers of meters that have been silent since; those without a method stay.

    Where nothing was measured since the base either, the estimate is all there is: still missing.
    """
    found: dict[At, Stood] = {}
    for meter_id, day, zone in missing:
        at = midnight(day, zone)
        for made in await metering.estimate([meter_id], at, zone=zone, now=now):
            around = (await rows(_AROUND, [meter_id], at))[0]
            silent = around["before_at"] is None or around["before_at"] <= bases[meter_id].at
            found[meter_id, at] = Stood(made.registers, estimated=True, missing=silent)
    return found


def registers_of(row: Mapping[str, Any], prefix: str = "") -> Registers:
    total, sharp, peak, flat, valley, deep = (row[prefix + name] for name in REGISTERS)
    return (total, sharp, peak, flat, valley, deep)


def _reckoned(at: datetime, around: Mapping[str, Any], base: Read) -> Stood:
    before, after = _read(around, "before"), _read(around, "after")
    if before is None or before.at < base.at:
        before = base
    return stood(at, before, after)


def _read(around: Mapping[str, Any], side: str) -> Read | None:
    if around[f"{side}_at"] is None:
        return None
    registers = registers_of(around, f"{side}_")
    return Read(around[f"{side}_at"], registers, around[f"{side}_estimated"])
