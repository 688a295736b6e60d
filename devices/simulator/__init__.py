"""Simulator: meters that speak real CoAP, with the virtues and the vices of real ones.

A `SimulatedMeter` owns a socket, counts its load while the output is closed, obeys commands by
the rules (sequence, expiry, KEEP, button) and remembers them through a reboot in its `Memory`.
`Faults` may be changed at any time. A `Fleet` runs many. Time is what `now()` says; all chance
comes from a seed.
"""

from ._faults import Faults
from ._fleet import Fleet
from ._load import Load, PeriodOf
from ._memory import Memory
from ._meter import Plan, SimulatedMeter

__all__ = ["Faults", "Fleet", "Load", "Memory", "PeriodOf", "Plan", "SimulatedMeter"]
