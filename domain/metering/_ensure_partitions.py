"""One partition of readings for each day (UTC), made before it is needed."""

from collections.abc import Collection
from datetime import date, timedelta

from domain.base import rows, run, transaction


async def ensure_partitions(days: Collection[date]) -> int:
    """Make the partitions that are missing for these days; return how many were made."""
    names = {f"reading_{day:%Y%m%d}": day for day in days}
    missing = await rows(
        "select name from unnest($1::text[]) as name where to_regclass(name) is null",
        sorted(names),
    )
    if not missing:
        return 0
    async with transaction():
        # Two processes that find the same day missing must not both make it.
        await run("select pg_advisory_xact_lock(hashtext('reading partitions'))")
        for found in missing:
            day = names[found["name"]]
            await run(
                f"create table if not exists {found['name']} partition of reading"
                f" for values from ('{day} 00:00Z') to ('{day + timedelta(days=1)} 00:00Z')"
            )
    return len(missing)
