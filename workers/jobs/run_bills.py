from collections.abc import Sequence
from time import monotonic

from domain import billing
from domain.outbox import Fact
from runtime import clock

from ._tools import Later, Tools

TURN_S = 5.0


async def run_bills(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Go on with a bill run that somebody has asked for, a turn at a time."""
    until = monotonic() + TURN_S
    for fact in facts:
        done = await billing.continue_run(
            fact.payload["run_id"], now=clock.now(), progress=lambda _: monotonic() < until
        )
        if not done.is_done:
            raise Later(0)
