"""Sort a group of readings into accepted, duplicate, held and contradicting ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ._plausibility import Known, broken_rule
from ._reading import Outcome, Reading, Registers
from ._uplink_window import UplinkWindow


@dataclass(frozen=True, slots=True)
class MeterState:
    """What is known of a meter before the group: its account, rating, window and last registers."""

    meter_id: int
    account_id: int
    rated_w: int
    installed_at: datetime
    window: UplinkWindow
    last: Known
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What the archive says around a late instant: the neighbours, and what stands there itself."""

    before: Known | None = None
    after: Known | None = None
    there: Registers | None = None
    held: tuple[Registers, ...] = ()


@dataclass(slots=True)
class Sorted:
    """The group, sorted: `outcomes` in the order of the input."""

    outcomes: list[Outcome] = field(default_factory=list)
    accepted: list[Reading] = field(default_factory=list)
    exceptions: list[tuple[Reading, str]] = field(default_factory=list)
    states: dict[int, MeterState] = field(default_factory=dict)


def sort(
    readings: Sequence[Reading],
    states: Mapping[int, MeterState],
    past: Mapping[tuple[int, datetime], Past],
    *,
    now: datetime,
) -> Sorted:
    """Sort `readings` against what is known.

    `past` must hold an entry for each reading that is not newer than its meter's last one, or
    whose uplink number is already taken. A meter's readings are taken in the order in which they
    were measured, so it does not matter in which order they came.
    """
    result = Sorted(outcomes=[Outcome.DUPLICATE] * len(readings), states=dict(states))
    here: dict[tuple[int, datetime], Past] = {}
    newest: dict[int, Known] = {}
    for k, reading in sorted(enumerate(readings), key=lambda each: each[1].measured_at):
        state = result.states[reading.meter_id]
        key = (reading.meter_id, reading.measured_at)
        archive = here.get(key) or _around(past.get(key, Past()), newest.get(reading.meter_id))
        rule = _verdict(reading, state, archive, now=now)
        state = replace(state, window=state.window.taking(reading.n))
        result.states[reading.meter_id] = state
        if rule is Outcome.DUPLICATE:
            continue
        if rule is None:
            result.outcomes[k] = Outcome.ACCEPTED
            result.accepted.append(reading)
            here[key] = replace(archive, there=reading.registers)
            newest[reading.meter_id] = Known(reading.measured_at, reading.registers)
            result.states[reading.meter_id] = _advanced(state, reading)
        else:
            contradicts = rule in {"UPLINK_REUSED", "INSTANT_REUSED"}
            result.outcomes[k] = Outcome.CONFLICT if contradicts else Outcome.HELD
            result.exceptions.append((reading, str(rule)))
            here[key] = replace(archive, held=(*archive.held, reading.registers))
    return result


def _around(archive: Past, newest: Known | None) -> Past:
    """Return the archive with what the group itself has brought before this instant."""
    if newest is None or (archive.before and archive.before.measured_at >= newest.measured_at):
        return archive
    return replace(archive, before=newest)


def _verdict(
    reading: Reading, state: MeterState, archive: Past, *, now: datetime
) -> Outcome | str | None:
    if reading.registers == archive.there or reading.registers in archive.held:
        return Outcome.DUPLICATE
    if archive.there is not None:
        return "INSTANT_REUSED"
    if state.window.has(reading.n):
        return "UPLINK_REUSED"
    late = reading.measured_at <= state.last.measured_at
    return broken_rule(
        reading,
        before=archive.before if late else state.last,
        after=archive.after if late else None,
        rated_w=state.rated_w,
        now=now,
    )


def _advanced(state: MeterState, reading: Reading) -> MeterState:
    if reading.measured_at <= state.last.measured_at:
        return state
    last = Known(reading.measured_at, reading.registers)
    return replace(state, last=last, estimated=reading.estimated)
