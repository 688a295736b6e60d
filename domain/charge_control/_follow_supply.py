"""A meter showed that its supply changed: tell the customer, and look again."""

from datetime import datetime

from domain import command, notification
from domain.base import transaction, value

from ._review import review
from ._set_switch import switches


async def follow_supply(
    account_id: int, *, change_id: int, output_state: int, control_state: int, now: datetime
) -> None:
    """Send the message that belongs to a confirmed change of supply, once, and review."""
    async with transaction():
        available_fen = await value(
            "select available_fen from account_position where account_id = $1", account_id
        )
        await notification.queue(
            _kind(output_state, control_state),
            account_id=account_id,
            params={"available_fen": available_fen},
            key=f"supply:{change_id}",
            now=now,
            shadow=(await switches())["shadow"],
        )
        await review(account_id, now=now)


def _kind(output_state: int, control_state: int) -> str:
    if output_state == command.CLOSED:
        return "RESTORED"
    return "PERMIT_READY" if control_state == command.READY_TO_CLOSE else "TRIPPED"
