"""The map of a message, read strictly field by field."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Never, Self

import cbor2

BAD_REQUEST = 0x80
UNPROCESSABLE = 0x96
"""CoAP 4.00: these are not our words. CoAP 4.22: our words, but they cannot be true."""

PAYLOAD_MAX = 1024
U32_MAX = 2**32 - 1
I64_MAX = 2**63 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = 1_577_836_800  # 2020: an earlier clock was never set
_LATEST = 4_102_444_800  # 2100
_DEPTH_MAX = 4


class BadMessage(ValueError):
    """A message that is refused as a whole: `code` answers it, `reason` is counted."""

    def __init__(self, reason: str, code: int = BAD_REQUEST) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def _no_tag(*_: object) -> Never:
    raise ValueError("tags are not spoken here")


# A tag may hide work (a regular expression, a huge power), so no tag is ever interpreted.
_NO_TAGS = dict.fromkeys(
    (*range(6), 25, *range(28, 31), 35, 36, 37, 100, 256, 258, 260, 261, 1004, 43000, 55799),
    _no_tag,
)


class Fields:
    """The fields of one message. Each is taken once; `end` refuses what is left over."""

    def __init__(self, content: Mapping[object, object]) -> None:
        self._left = dict(content)

    @classmethod
    def of(cls, payload: bytes) -> Self:
        if len(payload) > PAYLOAD_MAX:
            raise BadMessage("payload is too long")
        stream = BytesIO(payload)
        try:
            content = cbor2.CBORDecoder(
                stream,
                tag_hook=_no_tag,
                semantic_decoders=_NO_TAGS,
                max_depth=_DEPTH_MAX,
                allow_indefinite=False,
                allow_duplicate_keys=False,
            ).decode()
        except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadMessage("not CBOR") from error
        if stream.tell() != len(payload):
            raise BadMessage("bytes after the message")
        if not isinstance(content, dict):
            raise BadMessage("not a map")
        return cls(content)

    def has(self, key: int) -> bool:
        return key in self._left

    def whole(self, key: int, lowest: int = 0, highest: int = I64_MAX) -> int:
        found = self._take(key)
        if type(found) is not int:
            raise BadMessage(f"field {key} is not a whole number")
        return _within(found, key, lowest, highest)

    def whole_if_any(self, key: int, lowest: int = 0, highest: int = I64_MAX) -> int | None:
        return self.whole(key, lowest, highest) if self.has(key) else None

    def wholes(self, key: int, count: int) -> tuple[int, ...]:
        found = self._take(key)
        if not isinstance(found, list) or any(type(item) is not int for item in found):
            raise BadMessage(f"field {key} is not a list of whole numbers")
        if len(found) != count:
            raise BadMessage(f"field {key} has {len(found)} values, not {count}", UNPROCESSABLE)
        return tuple(_within(item, key, 0, I64_MAX) for item in found)

    def flag(self, key: int) -> bool:
        found = self._take(key)
        if not isinstance(found, bool):
            raise BadMessage(f"field {key} is not a flag")
        return found

    def text(self, key: int, length_max: int) -> str:
        found = self._take(key)
        if not isinstance(found, str) or not found.isprintable():
            raise BadMessage(f"field {key} is not a text")
        if len(found) > length_max:
            raise BadMessage(f"field {key} is too long", UNPROCESSABLE)
        return found

    def octets(self, key: int, length: int) -> bytes:
        found = self._take(key)
        if not isinstance(found, bytes):
            raise BadMessage(f"field {key} is not a byte string")
        if len(found) != length:
            raise BadMessage(f"field {key} is not {length} bytes", UNPROCESSABLE)
        return found

    def moment(self, key: int) -> datetime:
        return moment_of(self.whole(key), key)

    def moment_if_set(self, key: int) -> datetime | None:
        """Read a clock that may be unset: zero means that the meter does not know the time."""
        seconds = self.whole(key, 0, _LATEST)
        return _EPOCH + timedelta(seconds=seconds) if seconds >= _EARLIEST else None

    def inner(self, key: int) -> "Fields":
        found = self._take(key)
        if not isinstance(found, dict):
            raise BadMessage(f"field {key} is not a map")
        return Fields(found)

    def version(self) -> None:
        if self.whole(0) != 1:
            raise BadMessage("unknown version", UNPROCESSABLE)

    def end(self) -> None:
        if self._left:
            raise BadMessage("unknown fields")

    def _take(self, key: int) -> object:
        # 1, True and 1.0 are one key to Python and three to CBOR.
        for present in self._left:
            if present == key and type(present) is int:
                return self._left.pop(present)
        raise BadMessage(f"field {key} is missing")


def seconds_of(moment: datetime) -> int:
    """Return the whole epoch seconds of a moment."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def moment_of(seconds: int, key: int) -> datetime:
    """Return the moment that field `key` says, of a clock that was set."""
    return _EPOCH + timedelta(seconds=_within(seconds, key, _EARLIEST, _LATEST))


def packed_map(content: Mapping[int, object]) -> bytes:
    """Return the bytes of a map, without the fields that are None."""
    return cbor2.dumps({key: value for key, value in content.items() if value is not None})


def _within(found: int, key: int, lowest: int, highest: int) -> int:
    if not lowest <= found <= highest:
        raise BadMessage(f"field {key} is out of range", UNPROCESSABLE)
    return found
