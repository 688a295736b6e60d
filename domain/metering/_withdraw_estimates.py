"""What was measured takes the place of what was estimated."""

from datetime import datetime

from domain.base import run

_BETWEEN = """
meter_id = $1 and measured_at > $2 and measured_at < coalesce($3::timestamptz, 'infinity')
"""


async def withdraw_estimates(
    meter_id: int, *, after: datetime, until: datetime | None, now: datetime
) -> None:
    """Take the meter's estimates between two measured readings out; what they said is kept."""
    await run(f"delete from reading where {_BETWEEN} and estimated", meter_id, after, until)
    await run(
        f"update reading_estimate set replaced_at = $4 where {_BETWEEN} and replaced_at is null",
        meter_id,
        after,
        until,
        now,
    )
