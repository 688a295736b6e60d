"""What may be wrong with a meter and its radio."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Faults:
    """Change these while the meter runs; the default is a good meter.

    `asleep_until` (business time): hears nothing and keeps its reports. `ghost`: says done and
    does not move. `loss_percent` of the datagrams vanish, each way. `skew`: its clock is off.
    `clock_unset`: it does not know the time until it has registered.
    """

    asleep_until: datetime | None = None
    ghost: bool = False
    loss_percent: int = 0
    skew: timedelta = timedelta()
    clock_unset: bool = False
