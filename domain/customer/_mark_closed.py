"""销户: an account is served no longer."""

from datetime import date, datetime

from domain.base import run

_AGREED = """
update agreement set valid_to = $2
where account_id = $1 and valid_from < $2 and (valid_to is null or valid_to > $2)
"""


async def mark_closed(account_id: int, *, until: date, now: datetime) -> None:
    """Mark the account closed at `now`; what it agreed to ends, `until` is the first day without.

    The caller holds the account's lock and has its last bill made.
    """
    await run("update account set closed_at = $2 where id = $1", account_id, now)
    await run(_AGREED, account_id, until)
    await run("delete from agreement where account_id = $1 and valid_from >= $2", account_id, until)
