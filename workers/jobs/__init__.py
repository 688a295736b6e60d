"""Jobs: what follows from a committed fact, one file per job.

A job takes the facts it was handed and does their effect. Each may run twice (its process was
killed before the fact was forgotten), so an effect that has happened is not repeated. `Later` asks
to be called again; any other exception is a fault and counts towards the burial of the fact.
"""

from ._tools import Delivers, Later, Tools
from .announce_bills import announce_bills, announce_correction
from .assess_usage import assess_usage
from .deliver_command import deliver_command
from .follow_command import follow_command
from .follow_message import follow_message
from .follow_supply import follow_supply
from .run_bills import run_bills
from .send_access_code import send_access_code
from .send_code import send_code
from .send_notice import send_notice

__all__ = [
    "Delivers",
    "Later",
    "Tools",
    "announce_bills",
    "announce_correction",
    "assess_usage",
    "deliver_command",
    "follow_command",
    "follow_message",
    "follow_supply",
    "run_bills",
    "send_access_code",
    "send_code",
    "send_notice",
]
