"""Take the next command of a meter for sending."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import row, run, unpacked, value

from ._life import State
from ._uplink import Envelope
from ._verb import URGENT, Verb

_NEXT = """
select c.id, c.account_id, c.meter_id, c.verb, c.args, c.not_before, c.expires_at
from command c
where c.meter_id = $1 and c.state = 'PENDING' and c.not_before <= $2 and c.expires_at > $2
  and (c.verb = any($3) or not exists (
       select 1 from command s where s.meter_id = $1 and s.state = 'SENT'))
order by c.priority, c.id limit 1
"""

_LOCK = "select seq from command where id = $1 and state = 'PENDING' for update"

_SENT = """
update command set state = $2, seq = $3, attempts = attempts + 1, sent_at = $4 where id = $1
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A command that may go out next."""

    id: int
    account_id: int
    meter_id: int
    verb: Verb
    args: dict[str, object]
    not_before: datetime
    expires_at: datetime


async def peek(meter_id: int, *, now: datetime) -> Waiting | None:
    """Return the command that would go out next, or None; one is in flight at a time."""
    found = await row(_NEXT, meter_id, now, [int(v) for v in URGENT])
    if found is None:
        return None
    return Waiting(**found | {"verb": Verb(found["verb"]), "args": unpacked(found["args"])})


async def take(waiting: Waiting, *, now: datetime) -> Envelope | None:
    """Mark this command SENT and return its envelope; None if it does not wait any more.

    The caller holds the lock of the account and has decided that the command may go. The sequence
    is allotted here, at sending: a number given at issue could be overtaken by an urgent command
    and would then be refused for ever. A command that goes out again keeps its number unless it
    was overtaken meanwhile.
    """
    # The row of the supply is locked before the command's, as `hear` does.
    next_seq: int = await value(
        "select next_seq from supply where meter_id = $1 for update", waiting.meter_id
    )
    found = await row(_LOCK, waiting.id)
    if found is None:
        return None
    seq = found["seq"]
    if seq is None or seq < next_seq - 1:
        seq = next_seq
        await run("update supply set next_seq = $2 where meter_id = $1", waiting.meter_id, seq + 1)
    await run(_SENT, waiting.id, State.SENT, seq, now)
    return Envelope(
        command_id=waiting.id,
        meter_id=waiting.meter_id,
        seq=seq,
        verb=waiting.verb,
        args=waiting.args,
        not_before=waiting.not_before,
        expires_at=waiting.expires_at,
    )
