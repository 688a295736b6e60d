"""An event: `POST /e`."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Self

from ._fields import U32_MAX, UNPROCESSABLE, BadMessage, Fields, packed_map, seconds_of
from ._status import Status


class EventKind(IntEnum):
    """What happened at the meter."""

    OUTPUT_CHANGED = 1
    BUTTON_PRESSED = 2
    OVERDRAFT = 3
    TAMPER = 4
    LAST_GASP = 5


@dataclass(frozen=True, slots=True)
class Event:
    """Event `number` of a meter, with its state and last executed sequence just after it."""

    number: int
    at: datetime
    kind: EventKind
    status: Status
    last_seq: int

    def packed(self) -> bytes:
        """Return the bytes of the event."""
        return packed_map({
            0: 1,
            1: self.number,
            2: seconds_of(self.at),
            3: int(self.kind),
            7: self.status.as_map(),
            8: self.last_seq,
        })

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the event that these bytes say, or raise `BadMessage`."""
        fields = Fields.of(payload)
        fields.version()
        kind = fields.whole(3)
        if kind not in set(EventKind):
            raise BadMessage("unknown kind of event", UNPROCESSABLE)
        event = cls(
            number=fields.whole(1, highest=U32_MAX),
            at=fields.moment(2),
            kind=EventKind(kind),
            status=Status.of(fields.inner(7)),
            last_seq=fields.whole(8, highest=U32_MAX),
        )
        fields.end()
        return event
