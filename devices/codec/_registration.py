"""Registration: `POST /r` and its answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Self

from ._fields import U32_MAX, Fields, packed_map, seconds_of
from ._status import Status

_TEXT_MAX = 32
_DAY_S = 86_400


class Mode(IntEnum):
    """How a meter sleeps: always reachable, in cycles, or only just after it has reported."""

    DRX = 0
    EDRX = 1
    PSM = 2


@dataclass(frozen=True, slots=True)
class Registration:
    """A meter introduces itself; `at` is None while its clock is unset.

    `active_s` is T3324: how long a sleeping meter listens after it has spoken.
    """

    at: datetime | None
    firmware: str
    hardware: str
    mode: Mode
    status: Status
    last_seq: int
    boot: int
    capabilities: int = 0
    active_s: int = 0
    lifetime_s: int = _DAY_S

    def packed(self) -> bytes:
        """Return the bytes of the registration."""
        return packed_map({
            0: 1,
            2: seconds_of(self.at) if self.at else 0,
            3: self.firmware,
            4: self.hardware,
            5: self.capabilities,
            6: int(self.mode),
            7: self.status.as_map(),
            8: self.last_seq,
            9: self.active_s,
            10: self.lifetime_s,
            11: self.boot,
        })

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the registration that these bytes say, or raise `BadMessage`."""
        fields = Fields.of(payload)
        fields.version()
        registration = cls(
            at=fields.moment_if_set(2),
            firmware=fields.text(3, _TEXT_MAX),
            hardware=fields.text(4, _TEXT_MAX),
            capabilities=fields.whole(5, highest=U32_MAX),
            mode=Mode(fields.whole(6, highest=max(Mode))),
            status=Status.of(fields.inner(7)),
            last_seq=fields.whole(8, highest=U32_MAX),
            active_s=fields.whole(9, highest=_DAY_S),
            lifetime_s=fields.whole(10, highest=U32_MAX),
            boot=fields.whole(11, highest=U32_MAX),
        )
        fields.end()
        return registration


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to a registration: the time, how often to report, whether a command waits.

    A meter shifts its reports by its own share of `jitter_s`, so that no storm meets at :00.
    """

    server_at: datetime
    more: bool
    report_period_s: int
    jitter_s: int

    def packed(self) -> bytes:
        """Return the bytes of the welcome."""
        return packed_map({
            2: seconds_of(self.server_at),
            3: self.more,
            4: self.report_period_s,
            5: self.jitter_s,
        })

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the welcome that these bytes say, or raise `BadMessage`."""
        fields = Fields.of(payload)
        welcome = cls(
            server_at=fields.moment(2),
            more=fields.flag(3),
            report_period_s=fields.whole(4, 1, 31 * _DAY_S),
            jitter_s=fields.whole(5, highest=_DAY_S),
        )
        fields.end()
        return welcome
