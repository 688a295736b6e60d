"""Write down whose usage has changed, for accrual."""

from collections.abc import Collection

from domain import outbox
from domain.base import listed, run

AT_ONCE = 5_000
"""So many accounts stand in one row of the list at most: a row is taken off as a whole."""

_MARK = """
insert into usage_changed (size, first_id, last_id, account_ids)
values ($1::int, $2::bigint, $3::bigint, $4::text::bigint[])
"""


async def mark_changed(account_ids: Collection[int]) -> None:
    """Have these accounts computed again."""
    ids = sorted(set(account_ids))
    for k in range(0, len(ids), AT_ONCE):
        group = ids[k : k + AT_ONCE]
        has_all = group[-1] - group[0] < len(group)
        await run(_MARK, len(group), group[0], group[-1], None if has_all else listed(group))
    if ids:
        await outbox.add("usage.changed")
