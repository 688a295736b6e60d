"""Charge what was used to date, a batch of accounts in one statement."""

from collections.abc import Collection
from datetime import datetime

from domain.base import LISTED, listed, rows, run, value
from domain.rating import Terms, set_based, terms_of
from domain.tariff import versions_at

from ._statement import statement

_AGREED = f"""
select g.tariff_code, d.day, array_agg(a.id)::text as accounts
from account a
join (select id, ($2::timestamptz at time zone timezone)::date as day from district) d
  on d.id = a.district_id
join agreement g on g.account_id = a.id and g.valid_from <= d.day
  and (g.valid_to is null or d.day < g.valid_to)
where a.id = {LISTED} and g.account_id = {LISTED}
group by g.tariff_code, d.day order by d.day, g.tariff_code
"""

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
    accounts = listed(account_ids)
    agreed = await _agreed(accounts, now=now)
    crossed: list[int] = []
    if agreed:
        prepared = statement({k: set_based(terms) for k, (terms, _) in enumerate(agreed)})
        by_terms = [theirs for _, theirs in agreed]
        found = await value(
            prepared.sql, accounts, by_terms, list(range(len(agreed))), *prepared.values
        )
        crossed = sorted(found)
    if is_long:
        for sql in _PLAN_AS_EVER:
            await run(sql)
    return crossed


async def terms_for(account_id: int, *, now: datetime) -> Terms | None:
    """Return the terms that the account stands under today, or None."""
    agreed = await _agreed(listed([account_id]), now=now)
    return agreed[0][0] if agreed else None


async def _agreed(accounts: str, *, now: datetime) -> list[tuple[Terms, str]]:
    """Return the terms that occur, each with the accounts that stand under them."""
    found = await rows(_AGREED, accounts, now)
    agreed: list[tuple[Terms, str]] = []
    for day in sorted({each["day"] for each in found}):
        theirs = {each["tariff_code"]: each["accounts"] for each in found if each["day"] == day}
        for code, tariff in (await versions_at(list(theirs), day)).items():
            agreed.append((terms_of(tariff, first_day=day), theirs[code]))
    return agreed
