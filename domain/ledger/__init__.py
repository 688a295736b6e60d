"""Ledger: who owes whom, provably.

A row is a transfer (debit, credit, amount > 0), so the books balance by construction. Rows never
change: a correction is a reversal that names its original. A customer has a prepaid (预收) and a
receivable (应收) account, whose balances are stored under the lock of the account row.
"""

from ._accounts import Kind
from ._entry import Entry
from ._post import post
from ._queries import balance_of, system_balance_of

__all__ = ["Entry", "Kind", "balance_of", "post", "system_balance_of"]
