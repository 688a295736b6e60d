"""What a meter said, and what it is told."""

from dataclasses import dataclass
from datetime import datetime

from domain.metering import FurtherReading, Outcome, Reading

from ._supply_state import SupplyState
from ._verb import Verb


@dataclass(frozen=True, slots=True)
class Uplink:
    """One message of a meter: its reading, its supply state and the last sequence it executed.

    `address` is where it came from, opaque to the domain; `mode` 0 DRX, 1 eDRX, 2 PSM; `further`
    what its registers of energy that flows back show, if it has such.
    """

    meter_id: int
    reading: Reading | None
    supply: SupplyState | None
    last_seq: int | None
    reported_at: datetime
    address: str
    mode: int = 0
    further: FurtherReading | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of an uplink; `waiting`: a command waits for this meter."""

    meter_id: int
    outcome: Outcome | None
    waiting: bool


@dataclass(frozen=True, slots=True)
class Envelope:
    """A command as it goes out: the same id and sequence however often it is sent."""

    command_id: int
    meter_id: int
    seq: int
    verb: Verb
    args: dict[str, object]
    not_before: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Where a meter was heard last, when (wall time), and how it sleeps."""

    address: str
    mode: int
    heard_at: datetime
