"""Everything that a decision about an account stands on, gathered under its lock."""

from dataclasses import dataclass
from datetime import datetime

UNHEARD = "SHADOW"
"""The state of a message that was written down and never sent."""


@dataclass(frozen=True, slots=True)
class Served:
    """A message of the episode: it counts from the moment it was *delivered*."""

    message_id: int
    state: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of low balance: what was said to the customer, and how often we tried to trip."""

    id: int
    alarm: Served | None = None
    notice: Served | None = None
    final: Served | None = None
    final_for: datetime | None = None
    trips: int = 0

    @property
    def is_unheard(self) -> bool:
        """Tell whether a notice was only written down in shadow, and the shadow is over."""
        said = [each for each in (self.notice, self.final) if each]
        return any(each.state == UNHEARD and each.delivered_at is None for each in said)


@dataclass(frozen=True, slots=True)
class Situation:
    """The state of an account, its supply and its messages, as of now.

    `off`: an output is open. `ready`: every open output may be closed by its button. `trip_open`:
    a trip is on its way; `trip_out`: one left and its outcome is not known. `doubtful`: the
    newest word of the meter is held as an exception.
    """

    account_id: int
    available_fen: int
    daily_fen: int
    as_of: datetime | None
    estimated: bool
    doubtful: bool
    protected: bool
    off: bool
    ready: bool
    trip_open: bool
    trip_out: bool
    close_open: bool
    episode: Episode | None
    district_trips: int
    stopped: bool
