from collections.abc import Sequence

from domain.outbox import Fact

from ._tools import Tools


async def deliver_command(tools: Tools, facts: Sequence[Fact]) -> None:
    """Send a meter what waits for it; a meter that sleeps is served at its next report."""
    assert tools.head_end is not None
    for fact in facts:
        await tools.head_end.deliver(fact.payload["meter_id"])
