"""Account: the account (户号) as a GraphQL object, and what is done about one.

Its people watch it, pay and report; operators protect it and state what its contract says. What a
field tells hangs on the role of the caller to the account.
"""

from ._access import add_watcher, bind_account, remove_watcher, request_access
from ._account import Account, account
from ._channel import Channels
from ._close_account import close_account
from ._contract import end_entitlement, grant_entitlement, state_service
from ._contracted import entitlement, reading_finding, stated
from ._customer import mark_messages_read, report_repair, start_payment
from ._protect import protect_account, unprotect_account
from ._refund_account import refund_account
from ._withdraw_reading import withdraw_reading

__all__ = [
    "Account",
    "Channels",
    "account",
    "add_watcher",
    "bind_account",
    "close_account",
    "end_entitlement",
    "entitlement",
    "grant_entitlement",
    "mark_messages_read",
    "protect_account",
    "reading_finding",
    "refund_account",
    "remove_watcher",
    "report_repair",
    "request_access",
    "start_payment",
    "state_service",
    "stated",
    "unprotect_account",
    "withdraw_reading",
]
