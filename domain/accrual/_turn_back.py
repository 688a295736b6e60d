"""Open a period again that had ended: what its meters did counts as not billed once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.base import rows, run
from domain.metering import REGISTERS, Registers

_PLACES = ", ".join(f"${k}" for k in range(6, 6 + len(REGISTERS)))
_ENDS = ", ".join(f"${k}" for k in range(12, 12 + len(REGISTERS)))

# A meter that ran on is counted from its old base; another one comes back as it ended.
_LONGER = f"""
update charge_segment set since = $4, estimated = nullif($5::boolean, false),
  {", ".join(f"{name} = ${k}" for k, name in enumerate(REGISTERS, 6))}
where account_id = $1 and meter_id = $2 and ratio = $3 and since = $12
returning meter_id
"""

_ENDED = f"""
insert into charge_segment (account_id, meter_id, ratio, since, estimated, {", ".join(REGISTERS)},
  {", ".join(f"end_{name}" for name in REGISTERS)}, until, n)
values ($1, $2, $3, $4, nullif($5::boolean, false), {_PLACES}, {_ENDS}, $18,
  (select coalesce(min(n) - 1, 0) from charge_segment where account_id = $1 and meter_id = $2))
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """What a meter did behind one ratio, from one instant to another; `estimated`: its base."""

    meter_id: int
    ratio: int
    since: datetime
    until: datetime
    base: Registers
    end: Registers
    estimated: bool = False


async def turn_back(account_id: int, segments: Sequence[Segment]) -> None:
    """Count these segments again, which `turn` has left behind; the caller holds the lock.

    Pass them oldest first. The money that `turn` moved is moved back by another `turn`.
    """
    for each in reversed(segments):
        given = (account_id, each.meter_id, each.ratio, each.since, each.estimated, *each.base)
        if not await rows(_LONGER, *given, each.until):
            await run(_ENDED, *given, *each.end, each.until)
