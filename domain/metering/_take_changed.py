"""Hand out accounts whose usage changed."""

from domain.base import rows


async def take_changed(limit: int) -> list[int]:
    """Take up to `limit` accounts with new readings off the list; several may take side by side.

    The caller computes them in the same transaction: if that fails they are on the list again.
    """
    taken = await rows(
        """delete from usage_changed where account_id in (
             select account_id from usage_changed order by account_id limit $1
             for update skip locked)
           returning account_id""",
        limit,
    )
    return sorted(row["account_id"] for row in taken)
