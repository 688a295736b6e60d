"""Ledger: who owes whom, provably.

A row is a transfer (debit, credit, amount > 0), so the books balance by construction. Rows never
change: a correction is a reversal that names its original. A customer has a prepaid (预收) and a
receivable (应收) account, whose balances are stored under the lock of the account row.
"""

from ._accounts import Kind
from ._entry import Entry
from ._post import post
from ._post_many import post_many
from ._queries import Balances, balance_of, balances_of, system_balance_of

__all__ = [
    "Balances",
    "Entry",
    "Kind",
    "balance_of",
    "balances_of",
    "post",
    "post_many",
    "system_balance_of",
]
