"""Accrual (电费测算): what every account has left, stored with `as_of` and its parts.

Available balance = prepaid - receivable - late fees - unbilled charge to date. It is recomputed
from the segments of the open part of the period (a meter behind one ratio, from its base to its
end or its present registers), set-based, equal to the pure reference. What an account is charged
by is noted as its basis, and void once any of it changes. Parts that have ended and are not billed
yet are `closed`: `turn` moves accounts on.
"""

from ._accrue import Accrued, accrue
from ._accrue_changed import BATCH, Batch, accrue_changed
from ._close_segment import close_segment
from ._open_segment import open_segment
from ._position import Position, advanced, days_left
from ._queries import ChargesToDate, charges_of, charges_to_date
from ._segment import SEGMENT_AS_OF, SEGMENT_BASES, SEGMENT_USE
from ._services_of import Service, ServiceAsked, asks_for_service, services_of
from ._start import start
from ._stop import stop
from ._turn import Base, Turn, turn
from ._turn_back import Segment, turn_back
from ._watch import watch

__all__ = [
    "BATCH",
    "SEGMENT_AS_OF",
    "SEGMENT_BASES",
    "SEGMENT_USE",
    "Accrued",
    "Base",
    "Batch",
    "ChargesToDate",
    "Position",
    "Segment",
    "Service",
    "ServiceAsked",
    "Turn",
    "accrue",
    "accrue_changed",
    "advanced",
    "asks_for_service",
    "charges_of",
    "charges_to_date",
    "close_segment",
    "days_left",
    "open_segment",
    "services_of",
    "start",
    "stop",
    "turn",
    "turn_back",
    "watch",
]
