from collections.abc import Sequence

from domain import charge_control
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools


async def follow_command(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Have an account looked at again, one of whose commands has failed or expired."""
    for fact in facts:
        await charge_control.follow_failure(fact.payload["account_id"], now=clock.now())
