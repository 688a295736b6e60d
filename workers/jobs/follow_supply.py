from collections.abc import Sequence

from domain import charge_control
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools


async def follow_supply(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Tell the customer what the meter has done, and review the account."""
    for fact in facts:
        await charge_control.follow_supply(
            fact.payload["account_id"],
            change_id=fact.payload["change_id"],
            output_state=fact.payload["output_state"],
            control_state=fact.payload["control_state"],
            now=clock.now(),
        )
