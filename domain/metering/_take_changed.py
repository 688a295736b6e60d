"""Hand out accounts whose usage changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.base import listed, rows

_FEW = 5

# The oldest group, whatever its size, and small ones beside it. Only what is taken is locked, so
# that others go on with the next.
_TAKE = f"""
delete from usage_changed where id = any(
  array(select id from usage_changed order by id limit 1 for update skip locked)
  || array(select id from usage_changed where size <= {_FEW} order by id limit $1 / {_FEW}
           for update skip locked))
returning size, first_id, last_id, account_ids::text as accounts
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """So many accounts from `first_id` to `last_id`; `accounts` is `listed`, or None for all."""

    size: int
    first_id: int
    last_id: int
    accounts: str | None

    @property
    def ids(self) -> Sequence[int]:
        """All ids, in order."""
        if self.accounts is None:
            return range(self.first_id, self.last_id + 1)
        return [int(each) for each in self.accounts[1:-1].split(",")]


async def take_changed(limit: int) -> Changed | None:
    """Take groups of accounts with new readings off the list; several may take side by side.

    Up to `limit` accounts, or a single group. None: nothing has changed. The caller computes them
    in the same transaction: if that fails they are on the list again.
    """
    groups = [Changed(**each) for each in await rows(_TAKE, limit)]
    if len(groups) == 1:
        return groups[0]
    ids = sorted({each for group in groups for each in group.ids})
    return Changed(len(ids), ids[0], ids[-1], listed(ids)) if ids else None
