"""Follow new readings, a batch of accounts at a time."""

from dataclasses import dataclass
from datetime import datetime

from domain import customer, metering
from domain.base import rows, transaction
from domain.metering import Changed

from ._charge import charge
from ._chosen import Chosen, between, these
from ._plan_for import plan_as_ever, plan_for
from ._statement import CROSSED

BATCH = 5_000
"""So many accounts are locked at once; more would cost as much for each, and be locked longer."""

_CROSSED = f"""
select p.account_id from account_position p
where p.account_id = any($1) and {CROSSED} order by p.account_id
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """How many accounts had new readings, and which stand across a watch line now."""

    accounts: int
    crossed: tuple[int, ...] = ()


async def accrue_changed(*, limit: int, now: datetime) -> Batch:
    """Compute the available balance of accounts with new readings (测算), about `limit` of them.

    Takes the lock of the accounts. An empty batch: nothing has changed. The money is what the
    positions say: `accrue` brings it there whenever the ledger moves.

    The commit does not wait for the disk: if it is lost in a crash the list is what it was before,
    and the same is computed again. Who does more in the same transaction has it wait again.
    """
    async with transaction():
        changed = await metering.take_changed(limit)
        if changed is None:
            return Batch(0)
        chosen = await _locked(changed)
        await plan_for(chosen, wait=False)
        done = await charge(chosen, now=now)
        crossed = done.crossed
        if not (chosen.is_range and changed.accounts is None and done.size == changed.size):
            # Somebody's charge has not moved, or a neighbour's has.
            found = await rows(_CROSSED, list(changed.ids))
            crossed = tuple(each["account_id"] for each in found)
        if crossed:
            await plan_as_ever()
        return Batch(changed.size, tuple(sorted(crossed)))


async def _locked(changed: Changed) -> Chosen:
    """Lock the accounts: where they lie close to each other all at once, neighbours included."""
    if changed.is_dense:
        await customer.lock_range(changed.first_id, changed.last_id)
        return between(changed.first_id, changed.last_id)
    await customer.lock(changed.ids)
    return these(changed.ids)
