"""Write down whose usage has changed, for accrual."""

from collections.abc import Collection

from domain import outbox
from domain.base import run


async def mark_changed(account_ids: Collection[int]) -> None:
    """Have these accounts computed again."""
    # Not "do nothing": that takes no lock, and an assessment could take the account off the
    # list before this change is there to be seen.
    await run(
        "insert into usage_changed select unnest($1::bigint[])"
        " on conflict (account_id) do update set account_id = excluded.account_id",
        sorted(account_ids),
    )
    await outbox.add("usage.changed")
