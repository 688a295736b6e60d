"""Hand out accounts whose usage changed."""

from domain.base import value

_TAKE = """
with taken as (
  delete from usage_changed where ctid = any(array(
    select ctid from usage_changed order by account_id limit $1 for update skip locked))
  returning account_id
) select coalesce(array_agg(account_id), '{}') from taken
"""


async def take_changed(limit: int) -> list[int]:
    """Take up to `limit` accounts with new readings off the list; several may take side by side.

    The caller computes them in the same transaction: if that fails they are on the list again.
    """
    return sorted(await value(_TAKE, limit))
