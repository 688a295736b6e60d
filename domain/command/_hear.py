"""Take in what meters said: one group, one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from domain import metering
from domain.base import rows, transaction

from ._life import OPEN_STATES, after_report
from ._note_supply import note_supply
from ._settle import settle, standing_of
from ._uplink import Heard, Uplink

_OPEN = """
select id, account_id, meter_id, verb, state, seq, unverified_reports from command
where meter_id = any($1) and state = any($2) order by id for update
"""

_WAITING = """
select distinct meter_id from command
where meter_id = any($1) and state = 'PENDING' and not_before <= $2 and expires_at > $2
"""


async def hear(uplinks: Sequence[Uplink], *, now: datetime) -> list[Heard]:
    """Record the readings, note the reported supply states and settle the commands of a group.

    The meters must be installed. When it returns, all of it is durable and the meters may be
    acknowledged; hearing the same again changes nothing. Answers in the order of the input.
    """
    async with transaction():
        outcomes = iter(
            await metering.record([u.reading for u in uplinks if u.reading is not None], now=now)
        )
        further = [u.further for u in uplinks if u.further is not None]
        if further:
            await metering.record_further(further, now=now)
        latest = _latest(uplinks, now=now)
        before = await note_supply(list(latest.values()))
        await _settle_commands(latest, before, now=now)
        waiting = {found["meter_id"] for found in await rows(_WAITING, list(latest), now)}
        return [
            Heard(u.meter_id, next(outcomes) if u.reading else None, u.meter_id in waiting)
            for u in uplinks
        ]


def _latest(uplinks: Sequence[Uplink], *, now: datetime) -> dict[int, Uplink]:
    """Return the last word of each meter. A clock that is ahead shall not outdate what follows."""
    timed = [replace(u, reported_at=min(u.reported_at, now)) for u in uplinks]
    return {u.meter_id: u for u in sorted(timed, key=lambda u: (u.reported_at, u.last_seq or 0))}


async def _settle_commands(
    latest: Mapping[int, Uplink], before: Mapping[int, datetime | None], *, now: datetime
) -> None:
    for found in await rows(_OPEN, list(latest), list(OPEN_STATES)):
        uplink, was = latest[found["meter_id"]], standing_of(found)
        shown_at = before.get(uplink.meter_id)
        if shown_at is None or uplink.reported_at >= shown_at:
            again = uplink.reported_at == shown_at
            after = after_report(was, uplink.last_seq, uplink.supply, again=again)
        elif was.seq is not None and (uplink.last_seq or 0) >= was.seq:
            # An older report still proves what was executed by then, but no state of today.
            after = after_report(was, uplink.last_seq, None)
        else:
            continue
        await settle(found, after, now=now)
