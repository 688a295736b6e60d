"""Field service: a customer says that something is broken; meters are exchanged.

Somebody whose supply is off because the balance ran out is told what brings it back, and nobody
drives there; everybody else gets a task with an arrival time. A request is unique by its key.
"""

from ._answer import Answer
from ._exchange_meter import change_ratio, exchange_meter
from ._queries import Repair, repair_of, repairs_of
from ._report_repair import KeyReused, report_repair

__all__ = [
    "Answer",
    "KeyReused",
    "Repair",
    "change_ratio",
    "exchange_meter",
    "repair_of",
    "repairs_of",
    "report_repair",
]
