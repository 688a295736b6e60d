"""Rating: consumption x tariff -> charge lines. Pure, exact, no tables.

`terms_of` settles a tariff for a period and a **holder** (days of service, **entitlements**);
`rate` makes **lines** of a **consumption**, each rounded once by the tariff's rule; the total is
their sum. `set_based` turns the same terms into SQL for batches: equal to `rate` to the last fen.
A period inside which a season or tier cycle begins is cut first (`cuts_of`), and where the account
holds or has contracted something else (`changes_of`). Every kind of charge
declares its **promises** (`item.promises` of the terms' items).
"""

from ._brackets import BeyondBrackets
from ._changes import Contracted, changes_of, contracted_on
from ._consumption import Consumption
from ._curve import periods_used
from ._energy import PeriodNotPriced
from ._holder import Entitlement, Holder
from ._line import CONTAINED, ChargeLine, Charges, contained_fen
from ._promise import Promise
from ._purchase import Before, Purchase, PurchaseTooSmall, purchase
from ._quota import MoreDeductedThanUsed
from ._set_based import SetBased, set_based
from ._terms import PeriodNeedsCut, Terms, cuts_of, rate, terms_of

__all__ = [
    "CONTAINED",
    "Before",
    "BeyondBrackets",
    "ChargeLine",
    "Charges",
    "Consumption",
    "Contracted",
    "Entitlement",
    "Holder",
    "MoreDeductedThanUsed",
    "PeriodNeedsCut",
    "PeriodNotPriced",
    "Promise",
    "Purchase",
    "PurchaseTooSmall",
    "SetBased",
    "Terms",
    "changes_of",
    "contained_fen",
    "contracted_on",
    "cuts_of",
    "periods_used",
    "purchase",
    "rate",
    "set_based",
    "terms_of",
]
