"""Questions about supplies and commands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.base import row, rows, value

from ._settle import TASK_TIME
from ._supply_state import OPEN
from ._uplink import Link
from ._verb import Verb


@dataclass(frozen=True, slots=True)
class MeterSupply:
    """The last confirmed supply state of a meter, and what is on its way to it.

    `reported_at` is None until the meter has reported. `trip_out` tells that a trip left for this
    meter whose outcome is not known.
    """

    meter_id: int
    output_state: int
    control_state: int
    keep: bool
    alarm: bool
    reported_at: datetime | None
    trip_open: bool
    trip_out: bool
    close_open: bool


_SUPPLIES = f"""
select s.meter_id, s.output_state, s.control_state, s.keep, s.alarm, s.reported_at,
  coalesce(bool_or(c.verb = {Verb.TRIP:d}), false) as trip_open,
  coalesce(bool_or(c.verb = {Verb.TRIP:d} and c.seq is not null), false) as trip_out,
  coalesce(bool_or(c.verb in ({Verb.PERMIT_CLOSE:d}, {Verb.CLOSE:d})), false) as close_open
from supply s
left join command c on c.meter_id = s.meter_id
  and c.state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED')
where s.account_id = $1
group by s.meter_id order by s.meter_id
"""


async def supplies_of(account_id: int) -> list[MeterSupply]:
    """Return the supply of each meter of the account."""
    return [MeterSupply(**found) for found in await rows(_SUPPLIES, account_id)]


async def meters_off(meter_ids: Collection[int]) -> list[int]:
    """Return those of these meters whose output is open."""
    found = await rows(
        f"select meter_id from supply where meter_id = any($1) and output_state = {OPEN}",
        list(meter_ids),
    )
    return [each["meter_id"] for each in found]


async def link_of(meter_id: int) -> Link | None:
    """Return where the meter was heard last, or None if it never was."""
    found = await row(
        "select address, mode, heard_at from supply where meter_id = $1 and address is not null",
        meter_id,
    )
    return Link(**found) if found else None


async def account_of_meter(meter_id: int) -> int | None:
    """Return the account whose supply the meter switches, or None."""
    found: int | None = await value("select account_id from supply where meter_id = $1", meter_id)
    return found


async def next_expiry() -> datetime | None:
    """Return the next moment at which `expire` has something to do, or None."""
    expiry: datetime | None = await value(
        """select min(least(expires_at, case when verb = any($1) and not exists (
                    select 1 from task t where t.key = 'command:' || c.id)
                  then created_at + $2::interval else expires_at end))
           from command c where state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED')""",
        [int(Verb.PERMIT_CLOSE), int(Verb.CLOSE)],
        TASK_TIME,
    )
    return expiry
