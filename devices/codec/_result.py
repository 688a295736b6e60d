"""What became of a command: `POST /c`, and the answer to `POST /x`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.command import ResultCode

from ._envelope import command_id_of, octets_of
from ._fields import U32_MAX, UNPROCESSABLE, BadMessage, Fields, packed_map, seconds_of
from ._status import Status

_DETAIL_MAX = 64


@dataclass(frozen=True, slots=True)
class Result:
    """The meter's answer to one command; `status` only if the relay was already sampled."""

    command_id: int
    seq: int
    code: ResultCode
    at: datetime
    status: Status | None = None
    detail: str | None = None

    def packed(self) -> bytes:
        """Return the bytes of the result."""
        return packed_map({
            1: octets_of(self.command_id),
            2: self.seq,
            3: int(self.code),
            4: self.status.as_map() if self.status else None,
            5: seconds_of(self.at),
            6: self.detail,
        })

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the result that these bytes say, or raise `BadMessage`."""
        fields = Fields.of(payload)
        code = fields.whole(3)
        if code not in set(ResultCode):
            raise BadMessage("unknown result code", UNPROCESSABLE)
        result = cls(
            command_id=command_id_of(fields, 1),
            seq=fields.whole(2, highest=U32_MAX),
            code=ResultCode(code),
            at=fields.moment(5),
            status=Status.of(fields.inner(4)) if fields.has(4) else None,
            detail=fields.text(6, _DETAIL_MAX) if fields.has(6) else None,
        )
        fields.end()
        return result
