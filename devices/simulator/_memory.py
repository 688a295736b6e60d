"""What a meter remembers without power, and how its relay moves."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from devices.codec import Envelope, Result, Status, Telemetry
from domain.command import ResultCode, Verb

from ._load import Load

_RESULTS_MAX = 16
_UNSENT_MAX = 96 * 31

TAKEN = frozenset({ResultCode.DONE, ResultCode.ACCEPTED})

OPEN, CLOSED = 0, 1
OFF, ON, READY = 0, 1, 2


@dataclass(slots=True)
class Memory:
    """Non-volatile: hand it to the next `SimulatedMeter` and the meter has only rebooted."""

    counted_until: datetime
    periods_wh: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])
    output_state: int = CLOSED
    control_state: int = ON
    keep: bool = False
    alarm: bool = False
    opens_at: datetime | None = None
    last_seq: int = 0
    results: OrderedDict[int, Result] = field(default_factory=OrderedDict)
    executions: int = 0
    n: int = 0
    events: int = 0
    boot: int = 0
    unsent: deque[Telemetry] = field(default_factory=lambda: deque(maxlen=_UNSENT_MAX))

    @property
    def status(self) -> Status:
        """Return the state as it is reported."""
        return Status(self.output_state, self.control_state, self.keep, self.alarm)

    def advance(self, load: Load, until: datetime) -> None:
        """Count the load up to a moment and open the output if its delay is over."""
        opens_at = self.opens_at
        if opens_at is not None and opens_at <= until:
            self._count(load, opens_at)
            self._open()
        self._count(load, until)

    def execute(
        self, envelope: Envelope, at: datetime, *, clock_is_set: bool, ghost: bool
    ) -> Result:
        """Obey by the rules: once, in sequence, in time. What was executed is never done again."""
        code = self._refusal_of(envelope, at, clock_is_set=clock_is_set)
        if code is None:
            stored = self.results.get(envelope.command_id)
            if stored is not None:
                return stored
            # Written before the relay moves: after a power cut it is not moved a second time.
            self.last_seq = envelope.seq
            self.executions += 1
            code = ResultCode.DONE if ghost else self._move(envelope, at)
        result = Result(envelope.command_id, envelope.seq, code, at)
        if code in TAKEN:
            self.results[envelope.command_id] = result
            while len(self.results) > _RESULTS_MAX:
                self.results.popitem(last=False)
        return result

    def press_button(self) -> bool:
        """Close the output if the meter permits it."""
        if self.control_state != READY:
            return False
        self.output_state, self.control_state = CLOSED, ON
        return True

    def _refusal_of(
        self, envelope: Envelope, at: datetime, *, clock_is_set: bool
    ) -> ResultCode | None:
        if envelope.command_id in self.results:
            return None
        if envelope.seq <= self.last_seq:
            return ResultCode.SEQ_CONFLICT
        if not clock_is_set and envelope.verb is not Verb.PERMIT_CLOSE:
            return ResultCode.EXPIRED
        if clock_is_set and at > envelope.expires_at:
            return ResultCode.EXPIRED
        if clock_is_set and at < envelope.not_before:
            return ResultCode.PRECONDITION
        is_kept = envelope.verb is Verb.TRIP and self.keep
        return ResultCode.REFUSED_KEEP if is_kept else None

    def _move(self, envelope: Envelope, at: datetime) -> ResultCode:
        match envelope.verb:
            case Verb.TRIP:
                delay = timedelta(seconds=envelope.args.get("delay_s", 0))
                if delay:
                    self.opens_at = at + delay
                else:
                    self._open()
                # The relay's pins are sampled for seconds: only the next report confirms.
                return ResultCode.ACCEPTED
            case Verb.PERMIT_CLOSE:
                self._permit()
            case Verb.CLOSE:
                self.output_state, self.control_state, self.opens_at = CLOSED, ON, None
            case Verb.KEEP_ON:
                self.keep = True
                self._permit()
            case Verb.KEEP_OFF:
                self.keep = False
            case Verb.ALARM_ON | Verb.ALARM_OFF:
                self.alarm = envelope.verb is Verb.ALARM_ON
        return ResultCode.DONE

    def _permit(self) -> None:
        self.opens_at = None
        if self.output_state == OPEN:
            self.control_state = READY

    def _open(self) -> None:
        self.output_state, self.control_state, self.opens_at = OPEN, OFF, None

    def _count(self, load: Load, until: datetime) -> None:
        if until <= self.counted_until:
            return
        if self.output_state == CLOSED:
            drawn = load.between(self.counted_until, until)
            self.periods_wh = [a + b for a, b in zip(self.periods_wh, drawn, strict=True)]
        self.counted_until = until
