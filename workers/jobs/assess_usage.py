from collections.abc import Sequence
from time import monotonic

from domain import accrual, charge_control
from domain.outbox import Fact
from runtime import clock

from ._tools import Later, Tools

TURN_S = 5.0


async def assess_usage(_tools: Tools, _facts: Sequence[Fact]) -> None:
    """Recompute the balances behind all usage that has changed, a turn at a time."""
    until = monotonic() + TURN_S
    while await charge_control.assess(limit=accrual.BATCH, now=clock.now()):
        if monotonic() > until:
            raise Later(0)
