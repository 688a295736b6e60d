"""Hand out accounts whose usage changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.base import listed, rows, run

from ._mark_changed import AT_ONCE

_FEW = 5
_MOST = 500

# The oldest group, whatever its size, and small ones beside it. Only what is taken is locked, so
# that others go on with the next.
_TAKE = f"""
delete from usage_changed where id = any(
  array(select id from usage_changed order by id limit 1 for update skip locked)
  || array(select id from usage_changed where size <= {_FEW} order by id limit $1 / {_FEW}
           for update skip locked))
returning size, first_id, last_id, account_ids::text as accounts, gathered
"""

# Groups that came in any order, sorted anew: neighbours are computed together for a fourth.
_GATHER = f"""
with taken as (
  delete from usage_changed where id = any(array(
    select id from usage_changed where not gathered order by id limit {_MOST}
    for update skip locked))
  returning first_id, last_id, account_ids
), numbered as (
  select account_id, row_number() over (order by account_id) - 1 as n from (
    select unnest(account_ids) as account_id from taken
    union
    select generate_series(first_id, last_id) from taken where account_ids is null) as ids
)
insert into usage_changed (size, first_id, last_id, account_ids, gathered)
select count(*), min(account_id), max(account_id), case
  when max(account_id) - min(account_id) >= count(*) then array_agg(account_id order by account_id)
  end, true
from numbered group by n / {AT_ONCE}
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """So many accounts from `first_id` to `last_id`; `accounts` is `listed`, or None for all.

    `gathered`: they are the neighbours that there were.
    """

    size: int
    first_id: int
    last_id: int
    accounts: str | None
    gathered: bool = False

    @property
    def is_dense(self) -> bool:
        """Tell whether at least every second one between the first and the last is meant."""
        return self.last_id - self.first_id < 2 * self.size

    @property
    def ids(self) -> Sequence[int]:
        """All ids, in order."""
        if self.accounts is None:
            return range(self.first_id, self.last_id + 1)
        return [int(each) for each in self.accounts[1:-1].split(",")]


async def take_changed(limit: int) -> Changed | None:
    """Take groups of accounts with new readings off the list; several may take side by side.

    Up to `limit` accounts, or a single group. None: nothing has changed. The caller computes them
    in the same transaction: if that fails they are on the list again. Where they lie far from each
    other, what else waits is put in order for those who come next.
    """
    groups = [Changed(**each) for each in await rows(_TAKE, limit)]
    if any(not (each.is_dense or each.gathered or each.size <= _FEW) for each in groups):
        await run(_GATHER)
    if len(groups) == 1:
        return groups[0]
    ids = sorted({each for group in groups for each in group.ids})
    return Changed(len(ids), ids[0], ids[-1], listed(ids)) if ids else None
