"""Rating: consumption x tariff -> charge lines. Pure, exact, no tables.

`terms_of` settles a tariff for a period; `rate` makes **lines** of a **consumption**, each rounded
once by the tariff's rule; the total is their sum. `set_based` turns the same terms into SQL for
batches: equal to `rate` to the last fen.
"""

from ._consumption import Consumption
from ._energy import PeriodNotPriced
from ._line import ChargeLine, Charges
from ._set_based import SetBased, set_based
from ._terms import Terms, rate, terms_of

__all__ = [
    "ChargeLine",
    "Charges",
    "Consumption",
    "PeriodNotPriced",
    "SetBased",
    "Terms",
    "rate",
    "set_based",
    "terms_of",
]
