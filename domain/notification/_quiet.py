"""Quiet hours: when a message that can wait does not disturb."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `since` to `until`, local time, over midnight or not; equal: none."""

    since: time = time(22)
    until: time = time(8)

    def over_at(self, now: datetime, *, zone: tzinfo) -> datetime | None:
        """Return when the present quiet hours are over; None outside them."""
        local = now.astimezone(zone)
        clock = local.time()
        if self.since <= self.until:
            quiet, next_day = self.since <= clock < self.until, False
        else:
            quiet = clock >= self.since or clock < self.until
            next_day = clock >= self.since
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if next_day else 0)
        return datetime.combine(day, self.until, tzinfo=zone)
