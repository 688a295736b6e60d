"""Charge accounts no longer: all that they used is on a bill, or waits for it."""

from collections.abc import Collection

from domain.base import run

_STOP = """
update account_position p set unbilled_fen = closed_fen, unbilled_wh = closed_wh,
  available_fen = prepaid_fen - receivable_fen - late_fee_fen - closed_fen
where account_id = any($1)
  and not exists (select from charge_segment s where s.account_id = p.account_id)
"""


async def stop(account_ids: Collection[int]) -> None:
    """Leave nothing unbilled but what a held bill is for, where no meter is charged any more.

    The caller holds the locks. Accounts that still have a meter stay as they are.
    """
    await run(_STOP, list(account_ids))
