"""Accrual (电费测算): what every account has left, stored with `as_of` and its parts.

Available balance = prepaid - receivable - late fees - unbilled charge to date. It is recomputed
from the registers at the start of the open part of the period, set-based, equal to the pure
reference. Parts that have ended and are not billed yet are `closed`: `turn` moves accounts on.
"""

from ._accrue import Accrued, accrue
from ._accrue_changed import BATCH, Batch, accrue_changed
from ._position import Position, advanced, days_left
from ._queries import ChargesToDate, charges_to_date
from ._start import start
from ._turn import Base, Turn, turn
from ._watch import watch

__all__ = [
    "BATCH",
    "Accrued",
    "Base",
    "Batch",
    "ChargesToDate",
    "Position",
    "Turn",
    "accrue",
    "accrue_changed",
    "advanced",
    "charges_to_date",
    "days_left",
    "start",
    "turn",
    "watch",
]
