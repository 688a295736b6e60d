"""The life of a command, told once.

PENDING -> SENT -> DELIVERED -> ACCEPTED -> VERIFIED; side exits FAILED, EXPIRED, CANCELED and
SUPERSEDED. A command is born PENDING. SENT without an answer means unknown, never failed: the
`last_seq` of the next uplink settles it. No link tells of DELIVERED yet: over CoAP the meter's
answer is its result.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ._supply_state import SupplyState, shows
from ._verb import TAKEN_CODES, ResultCode, Verb


class State(StrEnum):
    """Where a command stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    ACCEPTED = "ACCEPTED"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"
    SUPERSEDED = "SUPERSEDED"


OPEN_STATES = (State.PENDING, State.SENT, State.DELIVERED, State.ACCEPTED)
REPORTS_TO_VERIFY = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """A command as far as its life is concerned; `unverified` counts reports without effect."""

    verb: Verb
    state: State
    seq: int | None
    unverified: int = 0


def after_report(
    was: Standing, last_seq: int | None, supply: SupplyState | None, *, again: bool = False
) -> Standing:
    """Return the standing after an uplink that says `last_seq` and shows `supply`.

    Where the meter executed something else last, the command goes out again under the same id,
    which the meter answers from its memory if it did execute it. A state verifies only what the
    meter says it executed: supply that is on does not show that a permit-close was heard while a
    trip is still on its way. `again`: this report was heard before, it shows nothing new.
    """
    if was.state not in OPEN_STATES or was.seq is None:
        return was
    state, unverified = was.state, was.unverified
    if last_seq is not None and state is not State.ACCEPTED:
        state = State.ACCEPTED if last_seq == was.seq else State.PENDING
    executed = was.state is State.ACCEPTED or (last_seq is not None and last_seq >= was.seq)
    if supply is not None and executed:
        if shows(supply, was.verb):
            state = State.VERIFIED
        elif was.state is State.ACCEPTED and not again:
            unverified += 1
    return replace(was, state=state, unverified=unverified)


def after_result(was: Standing, code: int, supply: SupplyState | None) -> Standing:
    """Return the standing after the meter answered the command itself.

    An immediate answer can only say that the command was taken: the relay needs seconds to move.
    So the result never verifies, except where it carries a state that shows the effect.
    """
    if was.state not in OPEN_STATES or was.seq is None:
        return was
    if code in TAKEN_CODES:
        done = supply is not None and shows(supply, was.verb)
        return replace(was, state=State.VERIFIED if done else State.ACCEPTED)
    return replace(was, state=State.EXPIRED if code == ResultCode.EXPIRED else State.FAILED)
