"""The state of a meter's output, as it travels in reports, events and results."""

from dataclasses import dataclass
from typing import Self

from ._fields import Fields


@dataclass(frozen=True, slots=True)
class Status:
    """`output_state` 0 open, 1 closed; `control_state` 0 off, 1 on, 2 ready to close."""

    output_state: int
    control_state: int
    keep: bool = False
    alarm: bool = False
    tamper: bool = False

    def as_map(self) -> dict[int, int | bool]:
        """Return the map that stands inside a message."""
        return {
            1: self.output_state,
            2: self.control_state,
            3: self.keep,
            4: self.alarm,
            5: self.tamper,
        }

    @classmethod
    def of(cls, fields: Fields) -> Self:
        """Read the map that stands inside a message."""
        status = cls(
            output_state=fields.whole(1, highest=1),
            control_state=fields.whole(2, highest=2),
            keep=fields.flag(3),
            alarm=fields.flag(4),
            tamper=fields.flag(5),
        )
        fields.end()
        return status
