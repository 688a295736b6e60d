"""What must hold before supply is cut: each guard by name, with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ._policy import Policy
from ._situation import Served, Situation
from ._window import TripWindow


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition of a trip: `holds` is True where it allows the trip."""

    name: str
    holds: bool
    evidence: Mapping[str, object]


def guards_of(
    situation: Situation, policy: Policy, window: TripWindow, *, now: datetime
) -> tuple[Guard, ...]:
    """Return every guard of a trip with its evidence; a trip needs all of them to hold.

    The order is the order in which a person would ask.
    """
    s, episode = situation, situation.episode
    notice = episode.notice if episode else None
    final = episode.final if episode else None
    trips = episode.trips if episode else 0
    return (
        Guard(
            "BALANCE_LOW",
            s.available_fen <= policy.trip_fen,
            {"available_fen": s.available_fen, "trip_at_fen": policy.trip_fen},
        ),
        Guard("SUPPLY_ON", not s.off and not s.trip_open, {"off": s.off, "trip_open": s.trip_open}),
        Guard("CLOSE_SETTLED", not s.close_open, {"close_open": s.close_open}),
        Guard("UNPROTECTED", not s.protected, {"protected": s.protected}),
        Guard("TRIPS_ALLOWED", not s.stopped, {"stop_trips": s.stopped}),
        Guard(
            "READING_FRESH",
            s.as_of is not None and s.as_of >= now - policy.fresh,
            {"as_of": s.as_of, "fresh_minutes": int(policy.fresh / timedelta(minutes=1))},
        ),
        Guard("READING_ACTUAL", not s.estimated, {"estimated": s.estimated}),
        Guard("READING_UNDISPUTED", not s.doubtful, {"held_reading": s.doubtful}),
        _served("NOTICE", notice),
        _lead("NOTICE", notice, policy.notice_lead, now=now),
        _served("FINAL_NOTICE", final),
        _lead("FINAL_NOTICE", final, policy.final_lead, now=now),
        Guard(
            "ANNOUNCED_TIME",
            bool(
                episode
                and episode.final_for
                and episode.final_for <= now < window.closes(episode.final_for)
            ),
            {"announced_for": episode.final_for if episode else None},
        ),
        Guard("INSIDE_WINDOW", window.holds(now), {"opens": window.first_from(now)}),
        Guard(
            "TRIES_LEFT",
            trips < policy.trips_per_episode,
            {"trips": trips, "most": policy.trips_per_episode},
        ),
        Guard(
            "DISTRICT_BRAKE",
            s.district_trips < policy.trips_per_district_hour,
            {"trips_last_hour": s.district_trips, "most": policy.trips_per_district_hour},
        ),
    )


def _served(name: str, message: Served | None) -> Guard:
    delivered = bool(message and message.delivered_at)
    return Guard(
        f"{name}_DELIVERED", delivered, {"state": message.state if message else "NOT_SENT"}
    )


def _lead(name: str, message: Served | None, lead: timedelta, *, now: datetime) -> Guard:
    over_at = message.delivered_at + lead if message and message.delivered_at else None
    return Guard(f"{name}_LEAD_OVER", over_at is not None and over_at <= now, {"over_at": over_at})
