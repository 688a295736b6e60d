"""Keep the last confirmed supply state of each meter, and its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain import outbox
from domain.base import rows, value

from ._uplink import Uplink

# The state moves only forward in the meter's time, and inside one instant only forward in what it
# has executed: a report that was kept while the meter slept comes after the event of its command.
# The address is always the latest one heard.
# A meter may know a number that we do not (a database that was restored): we go on behind it, but
# not after an absurd one, which would leave no numbers.
_REPORT = """
with w as (
  select * from unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::boolean[],
                       $5::boolean[], $6::bigint[], $7::timestamptz[], $8::text[], $9::smallint[])
    as w (meter_id, output_state, control_state, keep, alarm, last_seq, at, address, mode)
), old as (
  select s.meter_id, s.output_state, s.control_state, s.reported_at,
         w.output_state is not null and (s.reported_at is null
           or (w.at, coalesce(w.last_seq, s.last_seq)) >= (s.reported_at, s.last_seq)) as newer
  from supply s join w using (meter_id) order by s.meter_id for update of s
)
update supply s set
  output_state = case when old.newer then w.output_state else s.output_state end,
  control_state = case when old.newer then w.control_state else s.control_state end,
  keep = case when old.newer then w.keep else s.keep end,
  alarm = case when old.newer then w.alarm else s.alarm end,
  reported_at = case when old.newer then w.at else s.reported_at end,
  last_seq = case when old.newer and w.last_seq < s.next_seq + 10000
                  then w.last_seq else s.last_seq end,
  next_seq = case when w.last_seq between s.next_seq and s.next_seq + 9999
                  then w.last_seq + 1 else s.next_seq end,
  address = w.address, mode = w.mode, heard_at = clock_timestamp()
from w join old using (meter_id)
where s.meter_id = w.meter_id
returning s.meter_id, s.account_id, s.output_state, s.control_state, s.reported_at,
  old.reported_at as before_at,
  old.newer and (old.output_state, old.control_state) is distinct from
    (s.output_state, s.control_state) as changed
"""


async def note_supply(uplinks: Sequence[Uplink]) -> dict[int, datetime | None]:
    """Note what these meters report of their supply, one uplink for each meter.

    A change of the output or of what the meter allows goes into the history and into the outbox.
    Returns when each meter had shown its state before.
    """
    before: dict[int, datetime | None] = {}
    uplinks = sorted(uplinks, key=lambda u: u.meter_id)
    states = [u.supply for u in uplinks]
    for reported in await rows(
        _REPORT,
        [u.meter_id for u in uplinks],
        [s and s.output_state for s in states],
        [s and s.control_state for s in states],
        [s and s.keep for s in states],
        [s and s.alarm for s in states],
        [u.last_seq for u in uplinks],
        [u.reported_at for u in uplinks],
        [u.address for u in uplinks],
        [u.mode for u in uplinks],
    ):
        before[reported["meter_id"]] = reported["before_at"]
        if reported["changed"]:
            await _tell(reported)
    return before


async def _tell(reported: dict[str, Any]) -> None:
    change_id = await value(
        """insert into supply_change (account_id, meter_id, output_state, control_state, at)
           values ($1, $2, $3, $4, $5) returning id""",
        reported["account_id"],
        reported["meter_id"],
        reported["output_state"],
        reported["control_state"],
        reported["reported_at"],
    )
    await outbox.add(
        "supply.changed",
        change_id=change_id,
        account_id=reported["account_id"],
        meter_id=reported["meter_id"],
        output_state=reported["output_state"],
        control_state=reported["control_state"],
    )
