"""Customer: districts, accounts (户号), agreements, contacts and usage points (计量点).

The account row is the lock (`lock`) of everything that moves its money or its supply.
"""

from ._lock import lock
from ._mark_protected import mark_protected
from ._open_account import AccountNumberTaken, NewAccount, OpenedAccount, open_account
from ._open_district import open_district
from ._queries import AccountFacts, account_by_number, account_of

__all__ = [
    "AccountFacts",
    "AccountNumberTaken",
    "NewAccount",
    "OpenedAccount",
    "account_by_number",
    "account_of",
    "lock",
    "mark_protected",
    "open_account",
    "open_district",
]
