"""Set when a district sleeps."""

from datetime import datetime

from domain import audit, base

from ._quiet import QuietHours

SET = """
insert into quiet_hours (district_id, since, until) values ($1, $2, $3)
on conflict (district_id) do update set since = excluded.since, until = excluded.until
"""


async def set_quiet_hours(
    district_id: int, hours: QuietHours, *, actor: base.Actor, now: datetime
) -> None:
    """Set the hours in which messages that can wait are kept; those that wait already stay."""
    async with base.transaction():
        await base.run(SET, district_id, hours.since, hours.until)
        await audit.note(
            actor,
            "SET_QUIET_HOURS",
            f"district:{district_id}",
            detail={"since": f"{hours.since:%H:%M}", "until": f"{hours.until:%H:%M}"},
            now=now,
        )
