"""Write down how a meter answered a command."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.base import row, rows, transaction

from ._life import Standing, State, after_result
from ._settle import settle, standing_of
from ._supply_state import SupplyState

_FIND = """
select id, account_id, meter_id, verb, state, seq, unverified_reports from command
where id = $1 for update
"""

_IN_FLIGHT = """
select id, account_id, meter_id, verb, state, seq, unverified_reports from command
where meter_id = $1 and state = 'SENT' order by id for update
"""


async def _find(command_id: int) -> tuple[dict[str, Any], Standing] | None:
    found = await row(_FIND, command_id)
    return None if found is None else (found, standing_of(found))


async def record_result(
    command_id: int, *, meter_id: int, code: int, supply: SupplyState | None, now: datetime
) -> bool:
    """Record the meter's answer; False where this meter never had such a command.

    Answers that come again or too late change nothing.
    """
    async with transaction():
        known = await _find(command_id)
        if known is None or known[0]["meter_id"] != meter_id:
            return False
        found, before = known
        after = after_result(before, code, supply)
        if after != before:
            await settle(found, after, now=now, code=code)
        return True


async def record_unanswered(command_id: int, *, now: datetime) -> None:
    """Record that nothing came back: the outcome is unknown, the command waits to go out again."""
    async with transaction():
        known = await _find(command_id)
        if known is not None and known[1].state is State.SENT:
            await settle(known[0], replace(known[1], state=State.PENDING), now=now)


async def record_lost(meter_id: int, *, now: datetime) -> None:
    """Record that whoever sent to this meter died before it could tell: what was SENT waits."""
    async with transaction():
        for found in await rows(_IN_FLIGHT, meter_id):
            await settle(found, replace(standing_of(found), state=State.PENDING), now=now)
