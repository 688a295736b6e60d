"""How much the head end takes at once, and how patient it is. All of this is wall time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.coap import Tuning
from devices.codec import Mode

# A sleeping meter hears one or two tries or none; after that its next report is the better chance.
_TUNINGS: Mapping[Mode, Tuning] = {
    Mode.DRX: Tuning(first_wait_s=5.0, retransmissions=2, timeout_s=30.0),
    Mode.EDRX: Tuning(first_wait_s=5.0, retransmissions=1, timeout_s=20.0),
    Mode.PSM: Tuning(first_wait_s=4.0, retransmissions=1, timeout_s=15.0),
}

# After an uplink, this long. A meter in DRX listens always.
_WINDOWS_S: Mapping[Mode, float] = {Mode.EDRX: 20.0, Mode.PSM: 2.0}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds and patience; the defaults suit NB-IoT."""

    group_max: int = 500
    gather_ms: int = 10
    waiting_max: int = 5_000
    hear_timeout_s: float = 10.0
    retry_after_s: int = 5
    serials_max: int = 200_000
    unknown_for_s: float = 5.0
    known_for_s: float = 300.0
    rest_first_s: float = 5.0
    rest_max_s: float = 60.0
    report_period_s: int = 3_600
    jitter_s: int = 600
    windows_s: Mapping[Mode, float] = field(default_factory=lambda: dict(_WINDOWS_S))
    tunings: Mapping[Mode, Tuning] = field(default_factory=lambda: dict(_TUNINGS))
