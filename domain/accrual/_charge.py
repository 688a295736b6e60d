"""Charge what was used to date, a batch of accounts in one statement."""

from collections.abc import Collection
from datetime import datetime

from domain.base import listed, run, value
from domain.rating import set_based

from ._rate_singly import rate_singly
from ._settle import settle
from ._statement import Given, statement

# A plan for one account searches each table row by row: for thousands that takes ten times as long.
_PLAN_LISTS = """
select set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_nestloop', 'off', true)
"""
_PLAN_AS_EVER = ("set local plan_cache_mode to default", "set local enable_nestloop to default")
_LONG = 100


async def charge(account_ids: Collection[int], *, now: datetime) -> list[int]:
    """Store the charge to date of these accounts, whose locks are held; tell who crossed a line.

    Where no tariff holds on the day, or it does not price what was used, the charge stays as of
    the last reading that could be rated: the position grows stale, and a stale position trips
    nobody.
    """
    is_long = len(account_ids) > _LONG
    if is_long:
        await run(_PLAN_LISTS)
    crossed = await _charged(listed(account_ids), now=now)
    if is_long:
        for sql in _PLAN_AS_EVER:
            await run(sql)
    return sorted(crossed)


async def _charged(accounts: str, *, now: datetime) -> list[int]:
    groups = await settle(accounts, now=now)
    if not groups:
        return []
    alone = [group for group in groups if not group.is_set_based]
    given = [
        Given(each.account_id, each.as_of, each.used_wh, each.charges.total_fen)
        for each in (await rate_singly(alone) if alone else ())
    ]
    together = {k: set_based(g.terms) for k, g in enumerate(groups) if g.is_set_based}
    prepared = statement(together, given)
    found: list[int] = await value(
        prepared.sql,
        accounts,
        ["{" + group.accounts + "}" for group in groups],
        list(range(len(groups))),
        [group.is_past for group in groups],
        *prepared.values,
    )
    return found
