"""Follow new readings, a batch of accounts at a time."""

from dataclasses import dataclass
from datetime import datetime

from domain import customer, metering
from domain.base import transaction

from ._charge import charge

BATCH = 2_500
"""So many accounts are locked at once; more would cost as much for each, and be locked longer."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How many accounts had new readings, and which stand across a watch line now."""

    accounts: int
    crossed: tuple[int, ...] = ()


async def accrue_changed(*, limit: int, now: datetime) -> Batch:
    """Compute the available balance of up to `limit` accounts with new readings (测算).

    Takes the lock of the accounts. An empty batch: nothing has changed. The money is what the
    positions say: `accrue` brings it there whenever the ledger moves.
    """
    async with transaction():
        changed = await metering.take_changed(limit)
        if not changed:
            return Batch(0)
        await customer.lock(changed)
        return Batch(len(changed), tuple(await charge(changed, now=now)))
