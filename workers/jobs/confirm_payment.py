from collections.abc import Sequence

from domain import payment
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools


async def confirm_payment(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Tell the customer that the money has arrived."""
    for fact in facts:
        await payment.confirm(fact.payload["payment_id"], now=clock.now())
