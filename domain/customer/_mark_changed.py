"""What an account is charged by has changed."""

from domain import outbox
from domain.base import run


async def mark_changed(account_id: int) -> None:
    """Have the account's charge to date computed again."""
    await run("insert into usage_changed (size, first_id, last_id) values (1, $1, $1)", account_id)
    await outbox.add("usage.changed")
