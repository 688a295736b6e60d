"""Command: one instruction to one meter, and its life.

Issued under the account's lock, sent one at a time, numbered when sent, and done only when the
meter's own report shows the effect. An acknowledgement is not an effect; silence is not a failure.
"""

from ._attach import attach
from ._cancel_unsent import cancel_unsent
from ._detach import detach
from ._expire import expire
from ._hear import hear
from ._issue import issue
from ._life import State
from ._queries import MeterSupply, account_of_meter, link_of, meters_off, next_expiry, supplies_of
from ._record_result import record_lost, record_result, record_unanswered
from ._supply_state import CLOSED, OFF, OPEN, READY_TO_CLOSE, SupplyState
from ._take import Waiting, peek, take
from ._uplink import Envelope, Heard, Link, Uplink
from ._verb import ResultCode, Verb

__all__ = [
    "CLOSED",
    "OFF",
    "OPEN",
    "READY_TO_CLOSE",
    "Envelope",
    "Heard",
    "Link",
    "MeterSupply",
    "ResultCode",
    "State",
    "SupplyState",
    "Uplink",
    "Verb",
    "Waiting",
    "account_of_meter",
    "attach",
    "cancel_unsent",
    "detach",
    "expire",
    "hear",
    "issue",
    "link_of",
    "meters_off",
    "next_expiry",
    "peek",
    "record_lost",
    "record_result",
    "record_unanswered",
    "supplies_of",
    "take",
]
