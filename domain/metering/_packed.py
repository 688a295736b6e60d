"""Rows of the archive in the binary form of COPY, which the driver takes twice as long to make."""

from datetime import UTC, datetime, timedelta
from struct import Struct

from ._series import Row

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL counts microseconds from there
US = timedelta(microseconds=1)
DAY_US = timedelta(days=1) // US

# How many columns, and each behind its length: nine of eight bytes, and a single byte.
pack = Struct(">h" + "iq" * 9 + "i?").pack


def packed(row: Row) -> bytes:
    """Return a row for a COPY into COLUMNS."""
    a, at, b, c, d, e, f, g, h, estimated = row
    return pack(*(10, 8, a, 8, micros(at), 8, b, 8, c, 8, d, 8, e, 8, f, 8, g, 8, h, 1, estimated))


def micros(at: datetime) -> int:
    """Return an instant as PostgreSQL counts it."""
    return (at - EPOCH) // US
