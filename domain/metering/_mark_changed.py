"""Write down whose usage has changed, for accrual."""

from collections.abc import Collection

from domain import outbox
from domain.base import listed, run

AT_ONCE = 5_000
"""So many accounts stand in one row of the list at most: a row is taken off as a whole."""


async def mark_changed(account_ids: Collection[int]) -> None:
    """Have these accounts computed again."""
    ids = sorted(set(account_ids))
    for first in range(0, len(ids), AT_ONCE):
        await run(
            "insert into usage_changed (size, account_ids)"
            " select cardinality(ids), ids from (select $1::text::bigint[] as ids) as given",
            listed(ids[first : first + AT_ONCE]),
        )
    if ids:
        await outbox.add("usage.changed")
