"""费控策略 as values: thresholds, lead times and trip windows, read from a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from domain.base import Refusal


class StrategyInvalid(Refusal):
    """The strategy document is incomplete or contradicts itself; `path` says where."""

    code = "STRATEGY_INVALID"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a strategy says. Money in fen; equal to a threshold counts as reached.

    The alarm is due at `alarm_fen` or at `alarm_days` of average charge, whichever is more, and is
    re-armed only above `rearm_fen`. The notice is due at `notice_fen`, the trip at `trip_fen`,
    and supply comes back above `restore_fen`.
    """

    alarm_fen: int
    alarm_days: int
    rearm_fen: int
    notice_fen: int
    notice_lead: timedelta
    final_lead: timedelta
    trip_fen: int
    trip_from: time
    trip_until: time
    working_days_only: bool
    fresh: timedelta
    trips_per_episode: int
    trips_per_district_hour: int
    restore_fen: int

    def __post_init__(self) -> None:
        if not self.trip_from < self.trip_until:
            raise StrategyInvalid(path="trip.from", reason="the window is empty")
        if not self.trip_fen <= self.notice_fen <= self.alarm_fen <= self.rearm_fen:
            raise StrategyInvalid(path="alarm", reason="thresholds must fall from alarm to trip")
        if self.restore_fen < self.trip_fen:
            raise StrategyInvalid(path="restore.above_fen", reason="below the trip threshold")


def policy_of(document: Mapping[str, Any]) -> Policy:
    """Read a strategy document; every key is required, so that nothing is silently defaulted."""
    return Policy(
        alarm_fen=_whole(document, "alarm.at_fen"),
        alarm_days=_whole(document, "alarm.days"),
        rearm_fen=_whole(document, "alarm.rearm_above_fen"),
        notice_fen=_whole(document, "notice.at_fen"),
        notice_lead=_minutes(document, "notice.lead_minutes", least=0),
        final_lead=_minutes(document, "final_notice.lead_minutes", least=0),
        trip_fen=_whole(document, "trip.at_fen"),
        trip_from=_time(document, "trip.from"),
        trip_until=_time(document, "trip.until"),
        working_days_only=_is_working(document, "trip.days"),
        fresh=_minutes(document, "trip.fresh_minutes", least=1),
        trips_per_episode=_whole(document, "trip.per_episode"),
        trips_per_district_hour=_whole(document, "trip.per_district_hour"),
        restore_fen=_whole(document, "restore.above_fen"),
    )


def _at(document: Mapping[str, Any], path: str) -> Any:
    found: Any = document
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise StrategyInvalid(path=path, reason="missing")
        found = found[name]
    return found


def _whole(document: Mapping[str, Any], path: str) -> int:
    found = _at(document, path)
    if not isinstance(found, int) or isinstance(found, bool):
        raise StrategyInvalid(path=path, reason="not a whole number")
    return found


def _minutes(document: Mapping[str, Any], path: str, *, least: int) -> timedelta:
    found = _whole(document, path)
    if found < least:
        raise StrategyInvalid(path=path, reason=f"less than {least} minutes")
    return timedelta(minutes=found)


def _is_working(document: Mapping[str, Any], path: str) -> bool:
    found = _at(document, path)
    if found not in {"WORKING", "ALL"}:
        raise StrategyInvalid(path=path, reason="neither WORKING nor ALL")
    return bool(found == "WORKING")


def _time(document: Mapping[str, Any], path: str) -> time:
    try:
        found = time.fromisoformat(_at(document, path))
    except (TypeError, ValueError):
        raise StrategyInvalid(path=path, reason="not a time of day") from None
    if found.tzinfo is not None:
        raise StrategyInvalid(path=path, reason="the zone is the district's")
    return found
