"""Say at which balances somebody wants to be told."""

from domain.base import run


async def watch(
    account_id: int, *, below_fen: int | None, below_days: int | None, above_fen: int | None
) -> None:
    """Set the account's watch lines: `accrue` reports a crossing at or below, or above them.

    Below is the higher one of a sum and of so many days of average charge.
    """
    await run(
        """update account_position
           set watch_below_fen = $2, watch_below_days = $3, watch_above_fen = $4
           where account_id = $1""",
        account_id,
        below_fen,
        below_days,
        above_fen,
    )
