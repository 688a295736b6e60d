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
    whose uplink number is already taken.
    """
    result = Sorted(states=dict(states))
    taken: dict[tuple[int, datetime], Registers] = {}
    for reading in readings:
        state = result.states[reading.meter_id]
        key = (reading.meter_id, reading.measured_at)
        archive = past.get(key, Past())
        if key in taken:
            archive = replace(archive, there=taken[key])
        rule = _verdict(reading, state, archive, now=now)
        result.states[reading.meter_id] = replace(state, window=state.window.taking(reading.n))
        if rule is Outcome.DUPLICATE:
            result.outcomes.append(Outcome.DUPLICATE)
        elif rule is None:
            taken[key] = reading.registers
            _accept(result, reading)
        else:
            held = rule not in {"UPLINK_REUSED", "INSTANT_REUSED"}
            result.outcomes.append(Outcome.HELD if held else Outcome.CONFLICT)
            result.exceptions.append((reading, str(rule)))
    return result


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


def _accept(result: Sorted, reading: Reading) -> None:
    result.outcomes.append(Outcome.ACCEPTED)
    result.accepted.append(reading)
    state = result.states[reading.meter_id]
    if reading.measured_at > state.last.measured_at:
        last = Known(reading.measured_at, reading.registers)
        result.states[reading.meter_id] = replace(state, last=last, estimated=reading.estimated)
