"""The one door through which a command leaves."""

from datetime import datetime

from domain import command, customer
from domain.base import transaction
from domain.command import Envelope, Verb

from ._decision import may_trip
from ._gather import gather
from ._guard import guards_of
from ._review import review
from ._set_switch import switches


async def dispatch(meter_id: int, *, now: datetime) -> Envelope | None:
    """Mark the meter's next command SENT and return it; None if there is nothing to send now.

    In shadow nothing leaves, whatever waits from before.

    A trip is decided again here, under the account's lock, in the transaction that marks it sent:
    a payment that committed before is seen, one that comes after finds a trip that left and sends
    a permit-close with a higher sequence behind it. A trip that may not leave any more is
    cancelled if it never left, and the account is reviewed, so that the clock or a balance wakes
    it again; one that left before stays unresolved and is not sent again.
    """
    account_id = await command.account_of_meter(meter_id)
    if account_id is None or await command.peek(meter_id, now=now) is None:
        return None
    async with transaction():
        await customer.lock([account_id])
        waiting = await command.peek(meter_id, now=now)
        if waiting is None or (await switches())["shadow"]:
            return None
        if waiting.verb is Verb.TRIP:
            case = await gather(account_id, now=now)
            guards = guards_of(case.situation, case.policy, case.window, now=now)
            if not may_trip(guards):
                await command.cancel_unsent(account_id, Verb.TRIP, now=now)
                await review(account_id, now=now)
                return None
        return await command.take(waiting, now=now)
