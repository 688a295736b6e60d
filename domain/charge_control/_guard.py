"""What must hold before supply is cut: each guard by name, with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ._policy import Policy
from ._situation import Episode, Served, Situation
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
    return (
        *_about_the_account(situation, policy),
        *_about_the_reading(situation, policy, now=now),
        *_about_the_notices(situation.episode, policy, window, now=now),
        *_about_the_moment(situation, policy, window, now=now),
    )


def _about_the_account(s: Situation, policy: Policy) -> tuple[Guard, ...]:
    low = s.available_fen <= policy.trip_fen
    on = not s.off and not s.trip_open
    return (
        Guard(
            "BALANCE_LOW",
            low,
            {"available_fen": s.available_fen, "trip_at_fen": policy.trip_fen},
        ),
        Guard("SUPPLY_ON", on, {"off": s.off, "trip_open": s.trip_open}),
        Guard("CLOSE_SETTLED", not s.close_open, {"close_open": s.close_open}),
        Guard("UNPROTECTED", not s.protected, {"protected": s.protected}),
        Guard("TRIPS_ALLOWED", not s.stopped, {"stop_trips": s.stopped}),
    )


def _about_the_reading(s: Situation, policy: Policy, *, now: datetime) -> tuple[Guard, ...]:
    fresh = s.as_of is not None and s.as_of >= now - policy.fresh
    minutes = policy.fresh // timedelta(minutes=1)
    return (
        Guard("READING_FRESH", fresh, {"as_of": s.as_of, "fresh_minutes": minutes}),
        Guard("READING_ACTUAL", not s.estimated, {"estimated": s.estimated}),
        Guard("READING_UNDISPUTED", not s.doubtful, {"held_reading": s.doubtful}),
    )


def _about_the_notices(
    episode: Episode | None, policy: Policy, window: TripWindow, *, now: datetime
) -> tuple[Guard, ...]:
    notice = episode.notice if episode else None
    final = episode.final if episode else None
    announced = episode.final_for if episode else None
    come = announced is not None and announced <= now < window.closes(announced)
    return (
        _served("NOTICE", notice),
        _lead("NOTICE", notice, policy.notice_lead, now=now),
        _served("FINAL_NOTICE", final),
        _lead("FINAL_NOTICE", final, policy.final_lead, now=now),
        Guard("ANNOUNCED_TIME", come, {"announced_for": announced}),
    )


def _about_the_moment(
    s: Situation, policy: Policy, window: TripWindow, *, now: datetime
) -> tuple[Guard, ...]:
    trips, most = s.episode.trips if s.episode else 0, policy.trips_per_episode
    recent, limit = s.district_trips, policy.trips_per_district_hour
    return (
        Guard("INSIDE_WINDOW", window.holds(now), {"opens": window.first_from(now)}),
        Guard("TRIES_LEFT", trips < most, {"trips": trips, "most": most}),
        Guard("DISTRICT_BRAKE", recent < limit, {"trips_last_hour": recent, "most": limit}),
    )


def _served(name: str, message: Served | None) -> Guard:
    delivered = bool(message and message.delivered_at)
    return Guard(
        f"{name}_DELIVERED", delivered, {"state": message.state if message else "NOT_SENT"}
    )


def _lead(name: str, message: Served | None, lead: timedelta, *, now: datetime) -> Guard:
    over_at = message.delivered_at + lead if message and message.delivered_at else None
    return Guard(f"{name}_LEAD_OVER", over_at is not None and over_at <= now, {"over_at": over_at})
