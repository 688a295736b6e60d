"""Field service: a customer says that something is broken; meters are exchanged, accounts closed
and their money given back.

Somebody whose supply is off because the balance ran out is told what brings it back, and nobody
drives there; everybody else, and whoever reports danger, gets a task with an arrival time. A
request is unique by its key, and so is a refund.
"""

from ._answer import Answer
from ._close_account import AccountClosed, Closing, LastReadMissing, WorkUnfinished, close_account
from ._exchange_meter import change_ratio, exchange_meter
from ._queries import Repair
from ._refund_account import AccountOpen, NotRefundable, Refund, refund_account
from ._report_repair import KeyReused, report_repair

__all__ = [
    "AccountClosed",
    "AccountOpen",
    "Answer",
    "Closing",
    "KeyReused",
    "LastReadMissing",
    "NotRefundable",
    "Refund",
    "Repair",
    "WorkUnfinished",
    "change_ratio",
    "close_account",
    "exchange_meter",
    "refund_account",
    "report_repair",
]
