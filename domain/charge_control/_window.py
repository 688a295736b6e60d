"""When supply may be cut at all: working days, inside the hours of the strategy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ._policy import Policy

_FRIDAY = 4
_FAR = 40  # days; no calendar has a longer run of days off


@dataclass(frozen=True, slots=True)
class TripWindow:
    """The moments at which the policy lets supply be cut, in the district's zone.

    `days` says which days are not what their weekday says (True: worked, False: off).
    """

    policy: Policy
    zone: ZoneInfo
    days: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        """Tell whether people work on `day`."""
        return self.days.get(day, day.weekday() <= _FRIDAY)

    def holds(self, moment: datetime) -> bool:
        """Tell whether `moment` lies inside the window."""
        local = moment.astimezone(self.zone)
        return self._open_on(local.date()) and (
            self.policy.trip_from <= local.time() < self.policy.trip_until
        )

    def first_from(self, moment: datetime) -> datetime | None:
        """Return the first moment of the window that is not before `moment`."""
        local = moment.astimezone(self.zone)
        for ahead in range(_FAR):
            day = local.date() + timedelta(days=ahead)
            opens = self._at(day, self.policy.trip_from)
            if self._open_on(day) and moment < self._at(day, self.policy.trip_until):
                return max(moment, opens)
        return None

    def closes(self, moment: datetime) -> datetime:
        """Return when the window of the day of `moment` closes."""
        return self._at(moment.astimezone(self.zone).date(), self.policy.trip_until)

    def _open_on(self, day: date) -> bool:
        return self.is_working(day) or not self.policy.working_days_only

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)
