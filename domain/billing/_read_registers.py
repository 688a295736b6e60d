"""Read where meters stood at instants, many at a time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.base import rows
from domain.metering import REGISTERS, Registers

from ._registers import Read, Stood, stood

At = tuple[int, datetime]
"""A meter and an instant."""

_NAMES = ", ".join(REGISTERS)

_EXACT = f"""
select meter_id, measured_at as at, estimated, {_NAMES} from reading
where meter_id = any($1) and measured_at = $2
"""

# Asked only for meters that were not read at the instant itself.
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


async def read_registers(wanted: Iterable[At], bases: Mapping[int, Read]) -> dict[At, Stood]:
    """Return where each meter stood at its instant: as read, or reckoned between two readings.

    `bases` are registers that are settled already, from which each meter counts on.
    """
    meters: dict[datetime, set[int]] = {}
    for meter_id, at in wanted:
        meters.setdefault(at, set()).add(meter_id)
    found: dict[At, Stood] = {}
    for at, ids in meters.items():
        for each in await rows(_EXACT, sorted(ids), at):
            found[each["meter_id"], at] = Stood(registers_of(each), each["estimated"])
        unread = sorted(meter_id for meter_id in ids if (meter_id, at) not in found)
        if unread:
            for each in await rows(_AROUND, unread, at):
                meter_id = each["meter_id"]
                found[meter_id, at] = _reckoned(at, each, bases[meter_id])
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
