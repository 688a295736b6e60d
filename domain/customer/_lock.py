"""The account row is the lock of everything that moves money or supply."""

from collections.abc import Collection

from domain.base import LISTED, listed, run


async def lock(account_ids: Collection[int]) -> None:
    """Lock these account rows until the transaction ends, in one order for everybody.

    Every balance change, trip decision and protection change takes this lock first; callers that
    need several accounts take them in one call, so that two of them can never wait in a circle.
    """
    await run(
        f"""select count(*) from (
             select id from account where id = {LISTED}
             order by id for no key update) as locked""",
        listed(account_ids),
    )
