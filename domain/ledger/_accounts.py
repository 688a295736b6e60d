"""The chart of ledger accounts."""

from enum import StrEnum


class Kind(StrEnum):
    """A kind of ledger account.

    PREPAID (预收) and RECEIVABLE (应收) exist once per customer account and store their balance.
    The others are the utility's own: their balance is summed when asked, because one hot row
    would put all payments in a queue. REFUND (退费) is what was given back and is on its way out.
    """

    PREPAID = "PREPAID"
    RECEIVABLE = "RECEIVABLE"
    CHANNEL = "CHANNEL"
    OPENING = "OPENING"
    REVENUE = "REVENUE"
    REFUND = "REFUND"


CUSTOMER_KINDS = (Kind.PREPAID, Kind.RECEIVABLE)

# A credit raises what we owe the customer; a debit raises what the customer owes us.
CREDIT_RAISES = {Kind.PREPAID: True, Kind.RECEIVABLE: False}
