"""Tell what the situation of an account calls for: pure, and asked again before anything leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ._guard import Guard, guards_of
from ._policy import Policy
from ._situation import Episode, Situation
from ._window import TripWindow

_LOOK_AGAIN = timedelta(minutes=15)

# These are settled by the very notices and hours that a final notice announces.
_PROCEDURE = frozenset({
    "FINAL_NOTICE_DELIVERED",
    "FINAL_NOTICE_LEAD_OVER",
    "ANNOUNCED_TIME",
    "INSIDE_WINDOW",
    "NOTICE_LEAD_OVER",
})

# These pass by themselves, without an event that would ask again.
_PASSING = frozenset({
    "CLOSE_SETTLED",
    "READING_FRESH",
    "READING_ACTUAL",
    "READING_UNDISPUTED",
    "DISTRICT_BRAKE",
})

# A trip that was issued is not held back by itself.
_OWN_EFFECTS = frozenset({"SUPPLY_ON", "TRIES_LEFT", "DISTRICT_BRAKE"})


class Verdict(StrEnum):
    """What to do now."""

    REST = "REST"
    ALARM = "ALARM"
    NOTICE = "NOTICE"
    FINAL_NOTICE = "FINAL_NOTICE"
    WAIT = "WAIT"
    TRIP = "TRIP"
    RESTORE = "RESTORE"
    RELENT = "RELENT"
    RECOVER = "RECOVER"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, the guards it stands on, and when to ask again by the clock.

    `final_for` is the announced moment of a FINAL_NOTICE.
    """

    verdict: Verdict
    guards: tuple[Guard, ...] = ()
    review_at: datetime | None = None
    final_for: datetime | None = None

    @property
    def why_not(self) -> tuple[Guard, ...]:
        """The guards that hold a trip back."""
        return tuple(guard for guard in self.guards if not guard.holds)


def alarm_line_fen(situation: Situation, policy: Policy) -> int:
    """Return the balance at which the alarm is due: money, or days of this account's own use."""
    return max(policy.alarm_fen, policy.alarm_days * situation.daily_fen)


def decide(situation: Situation, policy: Policy, window: TripWindow, *, now: datetime) -> Decision:
    """Tell what to do. Closes fail open: whether to give power back is the first question."""
    guards = guards_of(situation, policy, window, now=now)
    if _owes_power(situation, policy):
        return Decision(Verdict.RESTORE, guards)
    episode = situation.episode
    if episode and situation.available_fen > max(
        policy.rearm_fen, alarm_line_fen(situation, policy)
    ):
        return Decision(Verdict.RECOVER, guards)
    if episode and episode.notice:
        if situation.available_fen > policy.restore_fen or episode.is_unheard:
            return Decision(Verdict.RELENT, guards)
        return _towards_trip(episode, guards, policy, window, now=now)
    return Decision(_first_word(situation, policy), guards)


def _first_word(situation: Situation, policy: Policy) -> Verdict:
    if situation.available_fen <= policy.notice_fen:
        return Verdict.NOTICE
    alarmed = situation.episode is not None and situation.episode.alarm is not None
    due = situation.available_fen <= alarm_line_fen(situation, policy)
    return Verdict.ALARM if due and not alarmed else Verdict.REST


def may_trip(guards: tuple[Guard, ...]) -> bool:
    """Tell whether a trip that was issued may leave now."""
    return all(guard.holds for guard in guards if guard.name not in _OWN_EFFECTS)


def _owes_power(situation: Situation, policy: Policy) -> bool:
    if not (situation.protected or situation.available_fen > policy.restore_fen):
        return False
    off = situation.off and not situation.ready
    return (off or situation.trip_open) and not situation.close_open


def _towards_trip(
    episode: Episode,
    guards: tuple[Guard, ...],
    policy: Policy,
    window: TripWindow,
    *,
    now: datetime,
) -> Decision:
    held = {guard.name for guard in guards if not guard.holds}
    if not held:
        return Decision(Verdict.TRIP, guards)
    if held - _PROCEDURE:
        again = now + _LOOK_AGAIN if held - _PROCEDURE <= _PASSING else None
        return Decision(Verdict.WAIT, guards, again)
    final, announced = episode.final, episode.final_for
    if announced is None or now >= window.closes(announced):
        return _announce(episode, guards, policy, window, now=now)
    ripe = (
        max(announced, final.delivered_at + policy.final_lead)
        if (final and final.delivered_at)
        else now
    )
    return Decision(Verdict.WAIT, guards, ripe if ripe > now else window.closes(announced))


def _announce(
    episode: Episode,
    guards: tuple[Guard, ...],
    policy: Policy,
    window: TripWindow,
    *,
    now: datetime,
) -> Decision:
    assert episode.notice is not None
    assert episode.notice.delivered_at is not None
    lead_over = episode.notice.delivered_at + policy.notice_lead
    planned = window.first_from(max(lead_over, now + policy.final_lead))
    if planned is None:
        return Decision(Verdict.WAIT, guards, now + timedelta(days=1))
    announce_at = planned - policy.final_lead
    if now < announce_at:
        return Decision(Verdict.WAIT, guards, announce_at)
    return Decision(Verdict.FINAL_NOTICE, guards, None, planned)
