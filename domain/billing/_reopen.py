"""Reopen parts that ended where nobody had read their meters: what was read since decides."""

from collections.abc import Sequence
from datetime import datetime

from domain import accrual
from domain.accrual import Turn
from domain.base import rows, run

from ._calendar import midnight
from ._gather import OpenPart
from ._issue import issue
from ._part import Part, segments_of
from ._read_registers import read_registers
from ._registers import Read

_CLOSED = (
    "select account_id, closed_fen, closed_wh from account_position where account_id = any($1)"
)
_LET_GO = "delete from open_bill_part where account_id = any($1)"


async def reopen(open_parts: Sequence[OpenPart], *, now: datetime) -> list[int]:
    """Open the ended parts of these periods again where their registers are known better by now.

    They end anew, between the readings around their ends, in the next steps. The caller holds the
    locks, and none of these accounts has a held bill. Returns the accounts.
    """
    found = {p.standing.account_id: p for p in open_parts if p.closed and await _is_outdated(p)}
    if not found:
        return []
    ids = list(found)
    turns = [
        Turn(
            each["account_id"],
            cycle_wh=found[each["account_id"]].closed[0].before_wh,
            closed_fen=-each["closed_fen"],
            closed_wh=-each["closed_wh"],
        )
        for each in await rows(_CLOSED, ids)
    ]
    for account_id, part in found.items():
        await accrual.turn_back(account_id, segments_of(part.closed))
    await run(_LET_GO, ids)
    await issue([], turns, now=now)
    return ids


async def _is_outdated(part: OpenPart) -> bool:
    for ended in part.closed:
        if ended.estimated and await _ends_otherwise(ended, part):
            return True
    return False


async def _ends_otherwise(ended: Part, part: OpenPart) -> bool:
    zone = part.standing.zone
    at = midnight(ended.until, zone)
    ends = {s.meter_id: s for s in ended.spans if s.end_estimated and s.until == at}
    bases = {k: Read(s.since, s.base, s.base_estimated) for k, s in ends.items()}
    stood = await read_registers([(k, ended.until, zone) for k in ends], bases)
    return any(
        not stood[k, at].missing and stood[k, at].registers != span.end for k, span in ends.items()
    )
