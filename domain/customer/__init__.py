"""Customer: districts, accounts (户号), agreements, contacts and usage points (计量点).

What an account holds for a time is an **entitlement** (`Held`), what it has contracted are its
**service facts**; tariffs ask for both. The account row is the lock (`lock`) of everything that
moves its money or its supply.
"""

from ._ask_access import (
    ACCESS_CODE_LIFE,
    AskedAccess,
    TooManyAccessCodes,
    ask_access,
    asked_access,
    keep_access_code,
)
from ._bind import WATCHERS_MAX, WatcherRefused, add_watcher, bind
from ._end_entitlement import end_entitlement
from ._entitlement import EntitlementOverlap, EntitlementRefused, Held, NotEntitled
from ._grant_entitlement import grant_entitlement
from ._lock import REACHABLE, lock, lock_range
from ._mark_closed import mark_closed
from ._mark_protected import mark_protected
from ._open_account import AccountNumberTaken, NewAccount, OpenedAccount, open_account
from ._open_district import TimezoneUnknown, open_district
from ._queries import (
    AccountFacts,
    AgreedUnder,
    UnknownDistrict,
    account_by_number,
    account_of,
    agreed_under,
    district_by_code,
    entitlements_of,
    service_facts,
    stated_of,
)
from ._service_facts import ServiceFacts, ServiceFactsRefused, Stated
from ._state_service import state_service
from ._welcome import welcome

__all__ = [
    "ACCESS_CODE_LIFE",
    "REACHABLE",
    "WATCHERS_MAX",
    "AccountFacts",
    "AccountNumberTaken",
    "AgreedUnder",
    "AskedAccess",
    "EntitlementOverlap",
    "EntitlementRefused",
    "Held",
    "NewAccount",
    "NotEntitled",
    "OpenedAccount",
    "ServiceFacts",
    "ServiceFactsRefused",
    "Stated",
    "TimezoneUnknown",
    "TooManyAccessCodes",
    "UnknownDistrict",
    "WatcherRefused",
    "account_by_number",
    "account_of",
    "add_watcher",
    "agreed_under",
    "ask_access",
    "asked_access",
    "bind",
    "district_by_code",
    "end_entitlement",
    "entitlements_of",
    "grant_entitlement",
    "keep_access_code",
    "lock",
    "lock_range",
    "mark_closed",
    "mark_protected",
    "open_account",
    "open_district",
    "service_facts",
    "state_service",
    "stated_of",
    "welcome",
]
