"""Metering: meters (电能表), their readings (示数) and what is held apart.

A reading is recorded once, whatever repeats it. What contradicts or cannot be true becomes an
exception: kept, not charged, not used to trip.
"""

from ._ensure_partitions import ensure_partitions
from ._install_meter import NewMeter, SerialTaken, install_meter
from ._queries import has_open_exception, meters_of
from ._reading import PERIODS, REGISTERS, Outcome, Reading, Registers
from ._record import record
from ._take_changed import take_changed

__all__ = [
    "PERIODS",
    "REGISTERS",
    "NewMeter",
    "Outcome",
    "Reading",
    "Registers",
    "SerialTaken",
    "ensure_partitions",
    "has_open_exception",
    "install_meter",
    "meters_of",
    "record",
    "take_changed",
]
