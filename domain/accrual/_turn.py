"""Move accounts on: a part of the period has ended, or what was charged in it has been billed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.base import run
from domain.metering import REGISTERS, Registers

_NAMES = ", ".join(REGISTERS)

_BASES = f"""
update charge_segment s set since = w.since, estimated = nullif(w.estimated, false),
  {", ".join(f"{name} = w.{name}" for name in REGISTERS)}
from unnest($2::bigint[], $3::timestamptz[], $4::boolean[], $5::bigint[], $6::bigint[],
            $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
  as w (meter_id, since, estimated, {_NAMES})
where s.meter_id = w.meter_id and s.account_id = any($1)
and s.since <= w.since and (s.until is null or s.until > w.since)
"""

_ENDED = """
delete from charge_segment s using unnest($2::bigint[], $3::timestamptz[]) as w (meter_id, since)
where s.meter_id = w.meter_id and s.account_id = any($1) and s.until <= w.since
"""

_POSITIONS = """
update account_position p set
  cycle_wh = coalesce(w.cycle_wh, p.cycle_wh),
  closed_fen = p.closed_fen + w.closed_fen - w.billed_fen,
  closed_wh = p.closed_wh + w.closed_wh - w.billed_wh,
  billed_fen = p.billed_fen + w.billed_fen + w.corrected_fen,
  unbilled_fen = p.unbilled_fen - w.billed_fen, unbilled_wh = p.unbilled_wh - w.billed_wh
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
            $7::bigint[])
  as w (account_id, cycle_wh, closed_fen, closed_wh, billed_fen, billed_wh, corrected_fen)
where p.account_id = w.account_id and p.account_id = any($1)
"""

_VOID = """
update charge_basis set terms_id = null where account_id = any($1) and terms_id is not null
"""


@dataclass(frozen=True, slots=True)
class Base:
    """From where on a meter counts; `estimated` registers were reckoned, not read."""

    meter_id: int
    since: datetime
    registers: Registers
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What changes for one account.

    `bases`: where its meters count on, with `cycle_wh` charged in the tier cycle before; None
    leaves it as it is. `closed_*` is added to what ended parts came to; `billed_*` leaves them,
    and with them the unbilled charge, for a bill. `corrected_fen` is what bills of the past came
    to cost more.
    """

    account_id: int
    bases: tuple[Base, ...] = ()
    cycle_wh: int | None = None
    closed_fen: int = 0
    closed_wh: int = 0
    billed_fen: int = 0
    billed_wh: int = 0
    corrected_fen: int = 0


async def turn(turns: Sequence[Turn]) -> None:
    """Move these accounts on; the caller holds their locks, and calls `accrue` in the same act.

    What is billed leaves the unbilled charge by exactly what it adds to the receivable, so that
    nobody's available balance moves by a bill.
    """
    ids = [each.account_id for each in turns]
    # A meter whose ratio has changed comes in several spans: it counts on from the last one.
    latest = {
        base.meter_id: base
        for base in sorted((b for each in turns for b in each.bases), key=lambda b: b.since)
    }
    bases = list(latest.values())
    if bases:
        await run(_ENDED, ids, list(latest), [base.since for base in bases])
        await run(
            _BASES,
            ids,
            [base.meter_id for base in bases],
            [base.since for base in bases],
            [base.estimated for base in bases],
            *([base.registers[k] for base in bases] for k in range(len(REGISTERS))),
        )
    if turns:
        await run(
            _POSITIONS,
            ids,
            [each.cycle_wh for each in turns],
            [each.closed_fen for each in turns],
            [each.closed_wh for each in turns],
            [each.billed_fen for each in turns],
            [each.billed_wh for each in turns],
            [each.corrected_fen for each in turns],
        )
        await run(_VOID, [each.account_id for each in turns if each.cycle_wh is not None])
