"""What a meter says about its output."""

from dataclasses import dataclass

from ._verb import Verb

OPEN, CLOSED = 0, 1
OFF, ON, READY_TO_CLOSE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class SupplyState:
    """`output_state` is the relay (0 open, 1 closed), `control_state` what the meter allows.

    `control_state`: 0 off, 1 on, 2 ready to close (DLMS IC 70 keeps the two apart as well).
    """

    output_state: int
    control_state: int
    keep: bool = False
    alarm: bool = False


def shows(state: SupplyState, verb: Verb) -> bool:
    """Tell whether the reported state shows that the instruction took effect."""
    match verb:
        case Verb.TRIP:
            return state.output_state == OPEN
        case Verb.PERMIT_CLOSE:
            return state.control_state in {ON, READY_TO_CLOSE} or state.output_state == CLOSED
        case Verb.CLOSE:
            return state.output_state == CLOSED
        case Verb.KEEP_ON | Verb.KEEP_OFF:
            return state.keep is (verb is Verb.KEEP_ON)
        case Verb.ALARM_ON | Verb.ALARM_OFF:
            return state.alarm is (verb is Verb.ALARM_ON)
