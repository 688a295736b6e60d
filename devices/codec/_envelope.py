"""A command on its way: the payload of `POST /x`, and what the answer to an uplink carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from domain.command import Verb

from ._fields import (
    I64_MAX,
    U32_MAX,
    UNPROCESSABLE,
    BadMessage,
    Fields,
    packed_map,
    seconds_of,
)

ARGUMENTS: dict[Verb, tuple[str, ...]] = {Verb.TRIP: ("delay_s", "warn_s")}
"""Names of a verb's arguments; the first travels as 1, the next as 2. Others take none."""

_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Envelope:
    """One command: the same id, sequence and bytes whichever way and however often it goes."""

    command_id: int
    seq: int
    verb: Verb
    not_before: datetime
    expires_at: datetime
    args: Mapping[str, int] = field(default_factory=dict)

    def as_map(self) -> dict[int, object]:
        """Return the map that stands inside an answer."""
        names = ARGUMENTS.get(self.verb, ())
        unknown = set(self.args) - set(names)
        assert not unknown, f"{self.verb.name} has no arguments {sorted(unknown)}"
        return {
            1: octets_of(self.command_id),
            2: self.seq,
            3: int(self.verb),
            4: {key: self.args[name] for key, name in enumerate(names, 1) if name in self.args},
            5: seconds_of(self.not_before),
            6: seconds_of(self.expires_at),
        }

    def packed(self) -> bytes:
        """Return the bytes of the envelope."""
        return packed_map(self.as_map())

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the envelope that these bytes say, or raise `BadMessage`."""
        return cls.of(Fields.of(payload))

    @classmethod
    def of(cls, fields: Fields) -> Self:
        """Read the map that stands inside an answer."""
        number = fields.whole(3)
        if number not in set(Verb):
            raise BadMessage("unknown verb", UNPROCESSABLE)
        verb = Verb(number)
        envelope = cls(
            command_id=command_id_of(fields, 1),
            seq=fields.whole(2, 1, U32_MAX),
            verb=verb,
            not_before=fields.moment(5),
            expires_at=fields.moment(6),
            args=_arguments(fields.inner(4), ARGUMENTS.get(verb, ())),
        )
        fields.end()
        return envelope


@dataclass(frozen=True, slots=True)
class Delivery:
    """The answer to an uplink when a command rides in it; `more`: others wait behind it."""

    envelope: Envelope
    server_at: datetime
    more: bool = False

    def packed(self) -> bytes:
        """Return the bytes of the answer."""
        return packed_map({
            1: self.envelope.as_map(),
            2: seconds_of(self.server_at),
            3: self.more,
        })

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        """Return the answer that these bytes say, or raise `BadMessage`."""
        fields = Fields.of(payload)
        delivery = cls(
            envelope=Envelope.of(fields.inner(1)),
            server_at=fields.moment(2),
            more=fields.flag(3),
        )
        fields.end()
        return delivery


def octets_of(command_id: int) -> bytes:
    """Return the eight bytes of a command id."""
    return command_id.to_bytes(_ID_LENGTH, "big")


def command_id_of(fields: Fields, key: int) -> int:
    """Read a command id, which is a positive bigint."""
    command_id = int.from_bytes(fields.octets(key, _ID_LENGTH), "big")
    if not 0 < command_id <= I64_MAX:
        raise BadMessage("no such command id", UNPROCESSABLE)
    return command_id


def _arguments(fields: Fields, names: tuple[str, ...]) -> dict[str, int]:
    found = {
        name: fields.whole(key, highest=U32_MAX)
        for key, name in enumerate(names, 1)
        if fields.has(key)
    }
    fields.end()
    return found
