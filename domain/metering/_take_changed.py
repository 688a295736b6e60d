"""Hand out accounts whose usage changed."""

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
returning size, account_ids[1] as first_id, account_ids[size] as last_id,
  account_ids::text as accounts
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """So many accounts, none below `first_id` or above `last_id`; `accounts` is `listed`."""

    size: int
    first_id: int
    last_id: int
    accounts: str

    @property
    def width(self) -> int:
        """How many ids there are from the first to the last."""
        return self.last_id - self.first_id + 1


async def take_changed(limit: int) -> Changed | None:
    """Take groups of accounts with new readings off the list; several may take side by side.

    Up to `limit` accounts, or a single group. None: nothing has changed. The caller computes them
    in the same transaction: if that fails they are on the list again.
    """
    groups = [Changed(**each) for each in await rows(_TAKE, limit)]
    if len(groups) < 2:  # ruff: ignore[magic-value-comparison] -- nothing to merge
        return groups[0] if groups else None
    ids = sorted({int(each) for group in groups for each in group.accounts[1:-1].split(",")})
    return Changed(len(ids), ids[0], ids[-1], listed(ids))
