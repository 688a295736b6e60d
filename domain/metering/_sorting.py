"""Sort a group of readings into accepted, duplicate, held and contradicting ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import le

from ._plausibility import Known, broken_rule, limit_wh
from ._reading import BY_HAND, Outcome, Reading, Registers
from ._rollover import continued, shows
from ._uplink_window import UplinkWindow


@dataclass(frozen=True, slots=True)
class MeterState:
    """What is known of a meter before the group: its account, rating, window and last registers.

    `estimated`: the last registers are an estimate, which gives way to what was measured.
    `ratios` held until they were changed; `ratio` holds since.
    """

    meter_id: int
    account_id: int
    rated_w: int
    installed_at: datetime
    window: UplinkWindow
    last: Known
    estimated: bool = False
    digits: int = 6
    ratio: int = 1
    removed_at: datetime | None = None
    ratios: tuple[tuple[datetime, int], ...] = ()

    def ratio_at(self, at: datetime) -> int:
        """Return the ratio that held for a reading of that instant."""
        return next((ratio for until, ratio in self.ratios if at <= until), self.ratio)


@dataclass(frozen=True, slots=True)
class Past:
    """What the archive says around a late instant: the neighbours, and what stands there itself.

    Estimates are no neighbours: `guessed` tells that some stand between them, `there_guessed` that
    what stands there is one.
    """

    before: Known | None = None
    after: Known | None = None
    there: Registers | None = None
    held: tuple[Registers, ...] = ()
    guessed: bool = False
    there_guessed: bool = False


@dataclass(slots=True)
class Sorted:
    """The group, sorted: `outcomes` in the order of the input.

    `measured` are stretches (meter, after, until) in which estimates give way.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    accepted: list[Reading] = field(default_factory=list)
    exceptions: list[tuple[Reading, str]] = field(default_factory=list)
    states: dict[int, MeterState] = field(default_factory=dict)
    measured: list[tuple[int, datetime, datetime | None]] = field(default_factory=list)


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
    for k, shown in sorted(enumerate(readings), key=lambda each: each[1].measured_at):
        state = result.states[shown.meter_id]
        key = (shown.meter_id, shown.measured_at)
        archive = here.get(key) or _around(past.get(key, Past()), newest.get(shown.meter_id))
        archive = _standing(archive, state, shown)
        reading = _counted(shown, state, archive.before)
        rule = _verdict(reading, shown, state, archive, now=now)
        state = replace(state, window=state.window.taking(shown.n))
        result.states[shown.meter_id] = state
        if rule is Outcome.DUPLICATE:
            continue
        if rule is None:
            result.outcomes[k] = Outcome.ACCEPTED
            result.accepted.append(reading)
            here[key] = replace(archive, there=reading.registers, there_guessed=False)
            newest[shown.meter_id] = Known(reading.measured_at, reading.registers)
            result.states[shown.meter_id] = _advanced(state, reading, archive)
            if archive.guessed and archive.before and not reading.estimated:
                until = archive.after.measured_at if archive.after else None
                result.measured.append((shown.meter_id, archive.before.measured_at, until))
        else:
            contradicts = rule in {"UPLINK_REUSED", "INSTANT_REUSED"}
            result.outcomes[k] = Outcome.CONFLICT if contradicts else Outcome.HELD
            result.exceptions.append((shown, str(rule)))
            here[key] = replace(archive, held=(*archive.held, shown.registers))
    return result


def _around(archive: Past, newest: Known | None) -> Past:
    """Return the archive with what the group itself has brought before this instant."""
    if newest is None or (archive.before and archive.before.measured_at >= newest.measured_at):
        return archive
    return replace(archive, before=newest)


def _standing(archive: Past, state: MeterState, shown: Reading) -> Past:
    """Return the archive around a reading; one that is newer than all stands on the last one."""
    if state.estimated or shown.measured_at <= state.last.measured_at:
        return archive
    return Past(state.last, there=archive.there, held=archive.held, guessed=archive.guessed)


def _counted(shown: Reading, state: MeterState, before: Known | None) -> Reading:
    """Return the reading with registers that go on where they start again at zero."""
    if before is None or all(map(le, before.registers, shown.registers)):
        return shown
    ratio = state.ratio_at(shown.measured_at)
    limit = limit_wh(before, shown.measured_at, rated_w=state.rated_w, ratio=ratio)
    registers = continued(shown.registers, before.registers, digits=state.digits, limit_wh=limit)
    return replace(shown, total_wh=registers[0], periods_wh=registers[1:])


def _verdict(
    reading: Reading, shown: Reading, state: MeterState, archive: Past, *, now: datetime
) -> Outcome | str | None:
    # A person answers for what was set aside before; a meter only says it again.
    if shown.registers in archive.held and shown.n != BY_HAND:
        return Outcome.DUPLICATE
    if archive.there is not None and (shown.estimated or not archive.there_guessed):
        same = shows(archive.there, shown.registers, digits=state.digits)
        return Outcome.DUPLICATE if same else "INSTANT_REUSED"
    if state.window.has(shown.n):
        return "UPLINK_REUSED"
    if state.removed_at and shown.measured_at > state.removed_at:
        return "CLOCK"
    return broken_rule(
        reading,
        before=archive.before,
        after=archive.after,
        rated_w=state.rated_w,
        ratio=state.ratio_at(shown.measured_at),
        now=now,
    )


def _advanced(state: MeterState, reading: Reading, archive: Past) -> MeterState:
    """Return the state after an accepted reading: a late one moves only what was estimated."""
    if reading.measured_at <= state.last.measured_at and (
        archive.after or reading.estimated or not state.estimated
    ):
        return state
    last = Known(reading.measured_at, reading.registers)
    return replace(state, last=last, estimated=reading.estimated)
