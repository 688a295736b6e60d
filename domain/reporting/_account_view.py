"""An account as people see it: who, what is left, is there power."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Supply(StrEnum):
    """What the meter last confirmed about the supply, never what somebody wishes."""

    ON = "ON"
    OFF = "OFF"
    READY_TO_CLOSE = "READY_TO_CLOSE"
    UNKNOWN = "UNKNOWN"


SUPPLY_SQL = """case when s.reported_at is null then 'UNKNOWN' when s.output_state = 1 then 'ON'
  when s.control_state = 2 then 'READY_TO_CLOSE' else 'OFF' end"""


class AccountView(NamedTuple):
    """An account with its position and its meter's confirmed state, read in one statement.

    `supply` is the name of a `Supply`; `unread` counts messages that the reader, a customer, has
    not marked as read, up to 100. `days_left`: how many whole days the balance lasts at the last
    days' use; None where that is not known.
    """

    id: int
    number: str
    name: str
    address: str
    district_id: int
    district_code: str
    district_name: str
    zone: str
    protected: bool
    protected_why: str | None
    opened_at: datetime
    closed_at: datetime | None
    prepaid_fen: int
    receivable_fen: int
    late_fee_fen: int
    unbilled_fen: int
    unbilled_wh: int
    available_fen: int
    as_of: datetime | None
    estimated: bool
    daily_fen: int
    meter_id: int | None
    meter_serial: str | None
    supply: str
    keep: bool
    alarm: bool
    reported_at: datetime | None
    unread: int
    days_left: int | None
