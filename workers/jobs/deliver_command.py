from collections.abc import Sequence

from domain import command
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools


async def deliver_command(tools: Tools, facts: Sequence[Fact]) -> None:
    """Send a meter what waits for it; a meter that sleeps is served at its next report."""
    assert tools.head_end is not None
    for fact in facts:
        meter_id = fact.payload["meter_id"]
        if fact.attempts > 1:  # the process that delivered has died with the outcome unknown
            await command.record_lost(meter_id, now=clock.now())
        await tools.head_end.deliver(meter_id)
